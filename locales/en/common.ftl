### Texts that all pages share. A locality may replace them key by key in the overlay folder locales/en/.

## Name and header
brand = Tongban
brand-desk = Tongban Desk
title-on-site = { $title } · { $brand } · { $place }
title-site = { $brand } · { $place }
crumbs-label = You are here
skip-link = Skip to content
demo-banner = Demonstration: all people, firms and data are invented
nav-label = Main menu
nav-items = Services
nav-my = My affairs
nav-verify = Verify
nav-sign-in = Sign in
nav-sign-out = Sign out
nav-desk-home = Work list
nav-account = { $name }, account settings
tools-label = Display
elder-on = Large type
elder-off = Standard
language-other = 中文

## Footer
footer-hotline = Questions? Call
footer-data-access = Who has seen my data

## Tone of messages, read aloud by screen readers
tone-good = Done:
tone-note = Note:
tone-warning = Please note:
tone-bad = Not done:

## Forms
answer-yes = Yes
answer-no = No
choose = Please choose
optional = optional
value-wrong = Not right?
error-summary-title = { $count ->
    [1] One thing to put right
   *[other] { $count } things to put right
}
error-link = { $label }: { $words }
error-prefix = Error:
file-hint = Picture (JPG, PNG) or PDF, up to { $limit } MB each
file-hint-short = Picture (JPG, PNG) or PDF
autosave-idle = Saved as you type; carry on later on any device
autosave-saving = Saving…
autosave-saved = Saved · { $at }
autosave-failed = Not saved. Please check your connection
autosave-refused = Some answers cannot be saved yet; please follow the hints first
autosave-stale = This draft was changed elsewhere. Please reload the page
autosave-expired = Your sign-in has expired; the last changes are not saved
autosave-retry = Save again
autosave-sign-in = Sign in and carry on
sending = Sending…
go-back = Back
confirm-yes = Confirm
confirm-no = Not yet
search = Search
search-suggestions = { $count ->
    [1] One suggestion, use the arrow keys
   *[other] { $count } suggestions, use the arrow keys
}
search-none = No suggestions

## Pagination
pages-label = Pages
pages-previous = Previous
pages-next = Next
pages-where = Page { $page } of { $pages }
pages-count = { $count } in total
pages-where-open = Page { $page }

## Steps and progress
steps-label = Steps
steps-where = Step { $step } of { $steps }
step-done = done
clock-used = { $used } of { $total } working days used
timeline-next = not yet
timeline-now = now

## Lights
light-green = On time
light-yellow = Due soon
light-red = Overdue

## The five levels of rating; the two lowest are bad ratings
rating-1 = Very dissatisfied
rating-2 = Dissatisfied
rating-3 = Fairly satisfied
rating-4 = Satisfied
rating-5 = Very satisfied

## Origin of data
origin-you = From you
origin-wait = { $source } does not answer right now. Please fill this in yourself; the office will check it
origin-shared = From { $source }

### Renewal (Administrative Licensing Law, Article 50)
renewal-which = Licence to be renewed
renewal-licence = { $name }, valid until { $date }
renewal-none = There is no licence to renew: it has to be of this kind, issued by this department, in force, and valid for a limited time.
renewal-in-time = Applied for in time: without a decision before the last day it counts as renewed (Administrative Licensing Law, Article 50), unless a supplement is awaited from you on that day.
renewal-late = A renewal has to be applied for by { $date }; it is too late for that. Without a decision before the last day the licence is not renewed by itself, and what it allows may not be done after that day until it is renewed.
renewal-until = The licence to be renewed ends on { $date }; the decision is due before it does (Administrative Licensing Law, Article 50).

### Hearing (Administrative Licensing Law, Articles 47 and 48)
hearing-terms = Terms of the hearing
hearing-ask = To be asked for within { $days } working days of being told of the right to it
hearing-announce = Time and place are announced { $days } working days before it
hearing-hold = Held within { $days } working days of being asked for
hearing-by = by { $date } at the latest
