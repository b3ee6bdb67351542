### The desk. A locality may put files of the same or other names into locales/en/ of its overlay folder and replace single keys.

## Menu
desk-nav-work = Work list
desk-nav-notices = Reminders
desk-nav-file = File at the window
desk-nav-follow-ups = Bad ratings
desk-nav-supervise = Supervision
desk-nav-items = Services
desk-nav-quality = Quality
desk-nav-imports = Imports
desk-nav-departments = Department systems
desk-nav-jobs = Background work
desk-nav-post = My posts
desk-post-lead = What you see and may do follows the post you choose; the change is logged. During leave a colleague can stand in.
desk-post-choose = Work on this post
desk-post-current = now
desk-post-chosen = You now work as { $role } of { $organisation }
desk-role-clerk = window clerk
desk-role-approver = approver
desk-role-supervisor = supervisor
desk-role-operator = operator
desk-colon = {": "}
desk-comma = {", "}
desk-next = Next
desk-back = Back
desk-change = Change
desk-new-window = {" "}(opens in a new window)

## Work list
desk-list-title = { $count ->
    [1] 1 open case
   *[other] { $count } open cases
}
desk-notices-there = { $count ->
    [one] One reminder: a limit is near its end or has passed
   *[other] { $count } reminders: limits that are near their end or have passed
}
desk-notices-lead = Cases whose limit is near its end or has passed, told once for each colour; they leave this list when the office has acted. Overdue ones are told to supervisors too.
desk-notices-none = No reminders.
desk-notice-yellow = Due soon
desk-notice-red = Overdue
desk-list-order = What is due first stands first
desk-list-keys = keys J and K move, Enter opens
desk-list-tabs = By stage
desk-lights-red = Overdue { $count }
desk-lights-yellow = Due soon { $count }
desk-lights-green = In time { $count }
desk-show-accept = To accept
desk-show-decide = To decide
desk-show-deliver = To hand over
desk-show-supplement = With the applicant
desk-show-open = All open
desk-show-closed = Closed
desk-empty-accept = No case waits for acceptance.
desk-empty-decide = No case waits for a decision.
desk-empty-deliver = No result waits to be handed over.
desk-empty-supplement = No case waits for its applicant.
desk-empty-open = No case is open.
desk-empty-closed = No case is closed yet.
desk-col-remaining = Left
desk-col-item = Service
desk-col-applicant = Applicant
desk-find-number = Find by case number
desk-find-none = There is no case with the number { $number }, or it is not yours to see.
desk-col-step = Stage
desk-col-materials = Materials
desk-col-action = Action
desk-col-office = Department
desk-materials-count = { $count }: { $shared } shared, { $uploaded } uploaded
desk-no-clock = no limit runs
desk-days-unknown = date not known yet
desk-due-today = due today
desk-days-left = { $days ->
    [1] 1 day
   *[other] { $days } days
}
desk-days-late = { $days ->
    [1] 1 day late
   *[other] { $days } days late
}
desk-stopped = Clock stopped

## Stages
desk-state-draft = draft
desk-state-submitted = waits for acceptance
desk-state-supplement = waits for the applicant
desk-state-accepted = accepted, waits for the decision
desk-state-granted = granted
desk-state-refused = refused
desk-state-not-accepted = not accepted
desk-state-withdrawn = withdrawn by the applicant
desk-state-lapsed = closed, what was missing did not come
desk-state-deliver = granted, to be handed over
desk-state-deliver-refused = refused, to be handed over

## One case
desk-case-number = Case number
desk-due-on = Due by { $date }
desk-due-was = Was due by { $date }: overdue
desk-due-not-before = Not before { $date }; the exact date follows once the holidays of { $year } are published
desk-stopped-since = Stopped since { $date }; { $left } days are left once it runs again
desk-clock-decide = Limit for the decision
desk-clock-special = Time announced for the special procedure
desk-special-announced = Announced to the applicant: until { $date }.
desk-special-overruns = The applicant was told until { $date }, which has passed. Please end the procedure, or explain it to the applicant.
desk-clock-first_review = Limit for the first review by the organ below
desk-clock-renewed_by_silence = A renewal was not decided in time and counts as granted
desk-clock-supplement_notice = Limit for telling what is missing
desk-clock-deliver = Limit for handing the result over
desk-why = Why this date
desk-why-limit-workday = A limit of { $amount } working days
desk-why-limit-calendar_day = A limit of { $amount } calendar days
desk-why-limit-hour = A limit of { $amount } hours
desk-why-limit-week = A limit of { $amount } weeks
desk-why-limit-month = A limit of { $amount } months
desk-why-limit-year = A limit of { $amount } years
desk-why-start = It starts on { $date }; that day does not count
desk-why-first_day = { $date } is day 1
desk-why-weekend = { $from } to { $to } is a weekend: { $days } days do not count
desk-why-holiday = { $from } to { $to } is a holiday ({ $name }): { $days } days do not count
desk-why-make_up = { $date } is worked for { $name }: it counts
desk-why-stop = { $from } to { $to } the clock stood still by law: { $days } days do not count
desk-why-weekend-one = { $date } is a weekend day and does not count
desk-why-holiday-one = { $date } is a holiday ({ $name }) and does not count
desk-why-stop-one = On { $date } the clock stood still by law; it does not count
desk-why-special-day = { $name }: { $date }, not counted under { $article }
desk-why-stop-open = The clock stands still by law since { $from }
desk-why-moved = The last day, { $from }, is no working day: it moves to { $to }
desk-why-calendar_ends = The holidays of { $year } are not published: { $counted } days counted, { $remaining } left, not before { $earliest }
desk-why-special = { $name }: { $from } to { $to }, not counted under { $article }
desk-why-special-open = { $name }: since { $from }, expected to take { $days } working days, not counted under { $article }
desk-why-extended = Extended by { $days } working days under { $article }
desk-why-end = { $date } is the last day
desk-why-a-holiday = public holiday
desk-supplement-asked = The applicant was told once what is missing
desk-do-follow = Hand in what may follow
desk-followed = Handed in
desk-attend-what = When the applicant comes to the window, it can be done there. Good for today; the applicant reads it in the case.
desk-filed-before = Before the supplement: { $value }
desk-with-supplement = handed in with the supplement
desk-superseded = Filed before the supplement, and replaced:
desk-supplement-answered = What was missing has been handed in
desk-supplement-until = To be answered by { $date }
desk-to-do = What you can do now
desk-nothing-to-do = This case does not wait for you. You can read it.
desk-condition = Conditions: { $condition }
desk-accept-what = An application that is complete and in due form is accepted at once. The notice goes out right away; the limit counts from tomorrow.
desk-do-accept = Accept
desk-do-decide = Examine
desk-do-deliver = Hand over
desk-do-look = Look
desk-do-supplement = Tell once what is missing
desk-supplement-text = Everything that is missing or wrong
desk-supplement-hint = This can be told only once: what is missing, what is wrong, how to put it right. The applicant reads your words.
desk-supplement-send = Send the notice
desk-do-not-accept = Do not accept
desk-do-withdraw = Withdraw for the applicant
desk-withdraw-what = For an applicant who comes to the window and wants to withdraw. After the decision it is too late.
desk-withdraw-reason = Why it is withdrawn
desk-withdraw-hint = In the person’s own words; they go into the history of the case.
desk-do-answer = Hand in what is missing for the applicant
desk-reasons = Reasons
desk-reasons-hint = Facts and law. The applicant reads your words in the document.
desk-step-of = step { $at } of { $of }
desk-opinion = Opinion
desk-opinion-hint = What you looked at, and what you conclude.
desk-step-of-others = The case stands at “{ $name }”, which is for: { $role }.
desk-officers = Officers who inspected
desk-officers-hint = At least { $count }; put a comma between the names (Administrative Licensing Law, Article 34).
desk-do-step = Complete: { $name }
desk-do-grant = Grant
desk-grant-words = Remarks
desk-do-refuse = Refuse
desk-deliver-note = How it was handed over
desk-deliver-hint = Who collected it, or the number of the parcel.
desk-do-serve = The applicant has no account: hand the { $notice } over, or post it
desk-do-serve-done = Record that it was handed over
desk-do-special = Start a special procedure
desk-special-what = Only what the law or the matter lists stops the clock. The applicant gets the notice at once; from today on the days do not count.
desk-special-kind = Procedure
desk-special-longest = (at most { $days } working days)
desk-special-days = Expected number of working days
desk-special-running = Running: { $name }
desk-special-result = Result
desk-special-result-hint = Say what was found; the applicant reads it as written. The clock runs again from tomorrow.
desk-do-special-end = End the special procedure
desk-do-extend = Extend by { $days } working days
desk-extend-what = Under { $article }, approved by the head of { $head ->
    [government] the people's government at the same level
   *[organ] the organ
}, once only. The applicant gets the notice at once.
desk-approval = Approval by the head of the organ
desk-approval-hint = Who approved it and when, or the number of the approval. For supervisors only.
desk-form = Application
desk-not-filled = not filled in
desk-materials = Materials
desk-no-materials = This service asks for no materials.
desk-missing = missing
desk-kilobytes = { $size } KB
desk-necessity-required = required
desk-necessity-optional = optional
desk-necessity-deferred = may follow later
desk-facts = What departments confirmed
desk-outcome-facts = confirmed
desk-outcome-not-found = no record
desk-outcome-unavailable = no answer
desk-outcome-wrong-subject = answered about somebody else, not used
desk-outcome-refused = not supplied
desk-history = History
desk-history-submitted = Handed in
desk-history-supplement-asked = Told what is missing
desk-history-attended = The applicant came to the window, which acts for them
desk-history-supplemented = Completed by the applicant
desk-history-material-followed = A material that may follow was handed in
desk-history-accepted = Accepted
desk-history-accepted-by-silence = Accepted from the day of receipt, nobody having answered
desk-history-supplement-reminded = Reminded of the supplement
desk-history-date-known = Holidays published, the date is known
desk-history-not-accepted = Not accepted
desk-history-step = Step completed
desk-history-granted = Granted
desk-history-renewed-by-silence = Not decided before the licence ended: counts as renewed
desk-history-refused = Refused
desk-history-delivered = Handed over
desk-history-supplement-served = Supplement notice handed over
desk-history-non-acceptance-served = Notice of non-acceptance handed over
desk-history-lapse-served = Notice of the end handed over
desk-history-withdrawn = Withdrawn
desk-history-special-started = Special procedure started
desk-history-special-ended = Special procedure ended
desk-history-limit-extended = Limit extended
desk-history-lapsed = Lapsed
desk-by-applicant = applicant
desk-by-system = By the system, when the limit passed
desk-document = document
desk-documents = Documents
desk-no-documents = No documents yet.
desk-licence-issued = The electronic licence has been issued.
desk-guide = Guide
desk-on-record = The applicant finds under “Who read my data” that you looked at this case.
desk-applicant = Applicant
desk-applicant-name = Name
desk-applicant-number-person = Citizen number
desk-applicant-number-enterprise = Unified social credit code
desk-applicant-phone = Mobile phone
desk-channel = Came
desk-channel-online = online
desk-channel-window = at the window
desk-delivery = Result
desk-delivery-electronic = electronic only
desk-delivery-pick-up = collected at the window
desk-delivery-post = by post
desk-delivery-address = Postal address
desk-delivery-address-when = when sent by post
desk-reveal = Show the full number
desk-reveal-cause = Why you need it
desk-reveal-hint = Cause and time are recorded, and the applicant sees them.
desk-cause-verify-identity = to verify the identity
desk-cause-contact-applicant = to contact the applicant
desk-cause-examine-materials = to examine the materials
desk-revealed = Full number
desk-revealed-once = Shown this once; it is masked again when the page is loaded anew.
desk-origin-applicant = by the applicant
desk-origin-account = identity checked
desk-origin-resource = from { $source }
desk-origin-licence = from a licence: { $source }
desk-origin-waiting = { $source } does not answer now; filled in by hand, please check

## Confirmations and results
desk-confirm-grant = Grant this application?
desk-confirm-grant-what = The decision cannot be taken back. Decision and licence go to the applicant at once.
desk-confirm-grant-yes = Grant
desk-confirm-refuse = Refuse this application?
desk-confirm-refuse-what = The decision cannot be taken back. The document states the reasons below and the remedies.
desk-confirm-refuse-yes = Refuse
desk-confirm-withdraw = Withdraw this application, as the person wishes?
desk-confirm-withdraw-what = The application ends and cannot be restored; the person may apply anew. That the person was here, and why it was withdrawn, is kept on record.
desk-confirm-withdraw-yes = Withdraw
desk-confirm-not-accept = Not accept this application?
desk-confirm-not-accept-what = The case ends here. The document states the reasons below and the remedies.
desk-confirm-not-accept-yes = Do not accept
desk-your-words = Your words
desk-done-accept = Accepted. The notice has gone to the applicant.
desk-done-supplement = The notice has gone out. The case waits for the applicant.
desk-done-not-accept = Not accepted. The notice has gone to the applicant.
desk-done-step = The step is completed.
desk-done-special = The special procedure has started, the clock stands still, and the applicant has the notice.
desk-done-special-end = The special procedure is over; the clock runs again.
desk-done-extend = The limit is extended, and the applicant has the notice.
desk-done-grant = Granted. The result has gone to the applicant.
desk-done-refuse = Refused. The decision has gone to the applicant.
desk-done-refuse-waits = Refused. Hand the decision over to the applicant and record how.
desk-done-deliver = Handed over. The case is closed.
desk-done-serve = Recorded.
desk-done-withdraw = Withdrawn as the person wished.
desk-done-answer = Handed in. The case waits for acceptance again.
desk-done-follow-up = Your answer is recorded.
desk-done-department = Switched.
desk-done-retry = It will be tried again at once.
desk-conflict-title = This case has changed
desk-conflict-words = Somebody acted on it after you opened the page, or you clicked twice. Nothing was done this time.
desk-conflict-typed = What you wrote, to be copied
desk-conflict-back = See how it stands

## Filing at the window
desk-file-title = File for a person who is here
desk-file-lead = It needs no phone and no account. Find the service, then check the document.
desk-file-search = Find a service
desk-file-search-hint = such as residence permit, open a restaurant
desk-file-corrected = Found for “{ $words }”
desk-file-start = Begin
desk-file-guide-only = a guide only, cannot be applied for here
desk-file-none = Nothing found for “{ $words }”. Try other words.
desk-file-drafts = Not finished
desk-file-discard = Delete this draft
desk-file-discard-question = Delete the draft of “{ $name }” for { $applicant }?
desk-file-discard-words = What was filled in, fetched and uploaded is erased and cannot be brought back.
desk-file-discarded = The draft is deleted
desk-file-step-start = Check the document
desk-file-step-form = Fill in
desk-file-step-materials = Materials
desk-file-step-confirm = Confirm
desk-file-who = Who applies
desk-file-kind = Applicant
desk-kind-person = a person
desk-kind-enterprise = a firm or other organisation
desk-kind-only-person = This service is for persons.
desk-kind-only-enterprise = This service is for firms and other organisations.
desk-file-name = Name of person or organisation
desk-file-number = Number of the document
desk-file-phone = Mobile phone
desk-file-present = The person is here, and I have checked the document
desk-file-present-hint = Without this nothing can be filled in, and no data can be read.
desk-file-sources = Reading data
desk-file-sources-title = The applicant says what may be read
desk-file-sources-lead = Please explain to { $name }: what may be read need not be filled in or handed in; the rest can be.
desk-file-law = by { $law }
desk-file-sources-legend = The applicant agrees to reading
desk-file-sources-record = The applicant finds each read under “Who read my data”.
desk-file-duties = Checked by law: tell the applicant first
desk-file-duty = By { $law }, { $source } will be checked.
desk-file-no-sources = This service reads no data of departments.
desk-file-form-title = Application of { $name }
desk-file-materials-title = Materials of { $name }
desk-file-remove = Remove
desk-file-keep = Upload these, then choose more
desk-files-taken = The files have been taken.
desk-file-remove-question = Remove “{ $name }”?
desk-file-remove-words = It would have to be uploaded again.
desk-file-removed = The file has been removed.
desk-file-confirm-title = Read it once more together
desk-file-confirm-lead = Turn the screen to the applicant and go through it before handing it in.
desk-file-missing = Still missing: { $materials }
desk-file-submit = The applicant has checked it: hand in
desk-file-answer = Complete: hand in
desk-receipt-title = Application received
desk-receipt-at = Received
desk-receipt-office = Department
desk-receipt-qr = QR code to follow the case
desk-receipt-progress = Scan the code or open the address to see where the case stands.
desk-receipt-print = Print
desk-receipt-document = Receipt for the materials
desk-receipt-case = Open the case
desk-receipt-next = Next person

## Supervision and bad ratings
desk-supervise-totals = { $open } open, { $deliver } to hand over, { $closed } closed
desk-supervise-urgent = Due soon or overdue
desk-supervise-calm = Nothing is due soon or overdue.
desk-supervise-reads = Data read for applications that never came
desk-supervise-reads-lead = Who read data in the last { $days } days for applications that were never handed in. Look into unusual numbers.
desk-supervise-no-reads = There are no such reads.
desk-supervise-answers = { $count ->
    [1] 1 answer about another person
   *[other] { $count } answers about another person
}
desk-supervise-answers-lead = A department's system sent data of somebody else: it was thrown away, used for no case and kept nowhere. Ask the department for the cause.
desk-supervise-no-answers = There are no such answers.
desk-supervise-not-filed = draft
desk-supervise-ratings = { $count ->
    [1] 1 bad rating
   *[other] { $count } bad ratings
}
desk-col-reader = Reader
desk-col-reads = Reads
desk-col-drafts = Drafts
desk-col-subjects = People
desk-col-register = Source
desk-col-case = Case
desk-col-at = When
desk-col-latest = Latest
desk-reader-person = applicant
desk-reader-enterprise = applying firm
desk-reader-clerk = clerk
desk-reader-approver = approver
desk-reader-supervisor = supervisor
desk-reader-operator = operator
desk-reader-system = the system
desk-reader-nobody = not signed in
desk-follow-ups-lead = Each bad rating is looked into, put right and answered. Supervisors see the answers.
desk-follow-ups-none = There are no bad ratings.
desk-follow-up-open = open
desk-follow-up-answered = answered
desk-follow-up-anonymous = anonymous
desk-follow-up-case = See the case
desk-follow-up-what = What you found and what you did
desk-follow-up-send = Send the answer
desk-follow-up-answer = Answer:

## Services and quality
desk-items-count = { $count ->
    [1] 1 service
   *[other] { $count } services
}
desk-items-search = Name or code
desk-items-tabs = By state
desk-items-all = All
desk-items-published = Published
desk-items-drafted = With a draft
desk-items-idle = Not published
desk-items-indebted = With findings
desk-items-none = There are no such services.
desk-items-finding = Only with this finding:
desk-items-finding-off = Show all
desk-item-published = published
desk-item-drafted = draft
desk-item-idle = not published
desk-col-type = Type
desk-col-state = State
desk-col-findings = Findings
desk-col-finding = Finding
desk-col-found = Found
desk-col-count = Services
desk-col-part = Part
desk-quality-total = { $count ->
    [1] 1 finding
   *[other] { $count } findings
}
desk-quality-lead = Services that were published with findings. They go away once put right and published again.
desk-quality-by-finding = By finding
desk-quality-by-department = By department
desk-quality-list = One by one
desk-quality-trend = Last { $days } days
desk-quality-trend-sum = { $appeared } found, { $mended } mended.
desk-quality-day = Day
desk-quality-appeared = Found
desk-quality-mended = Mended
desk-quality-none = There are no findings.

## Imports
desk-imports-lead = An uploaded list is tried first: each row is taken, taken with something to look at, or refused. Look, then import.
desk-imports-all = All imports
desk-import-upload = Upload a list
desk-import-kind = What the list holds
desk-import-columns-regions = Needs: region code, name
desk-import-columns-organisations = Needs: unified social credit code, name; without a region column, the region of your post
desk-import-columns-calendar = Needs: date, kind (holiday, makeup_workday) or is_workday
desk-import-columns-licence-types = Needs: code of the type, name, authority that defines it
desk-import-columns-items = Needs: name, region code; better with implementation code, department, type
desk-import-file = File
desk-import-file-hint = A workbook (.xlsx), CSV (UTF-8 or GBK) or JSONL, up to { $limit } MB.
desk-import-too-large = The file is larger than { $limit } MB and was not kept. Split it, or ask whoever runs the system to use tongban import.
desk-import-sheet = Name of the sheet
desk-import-sheet-hint = Of a workbook only; the first one where nothing is said.
desk-import-publish = Services: publish at once
desk-import-publish-hint = Findings are kept as debts and do not stand in the way. Otherwise they wait as drafts, to be published one by one. Other lists ignore this.
desk-import-try = Upload and try
desk-import-try-hint = The try judges only; no data changes.
desk-import-kept = The file is kept for { $days } days and erased if nobody imports it; the report of the trial stays.
desk-import-kept-until = Kept, unless imported, until
desk-import-erased = File erased
desk-import-dry = try
desk-import-progress = Rows judged
desk-import-waits = Waiting; it begins in a moment.
desk-import-done-so-far = { $done } of { $total } rows judged.
desk-import-goes-on = Stopped at row { $done } of { $total }; it goes on by itself later.
desk-import-refresh = Refresh
desk-import-leave = You may leave this page; the work goes on.
desk-import-judged = { $accepted } rows can be imported, { $refused } are refused.
desk-import-now = Import now
desk-import-other-file = Upload a mended file
desk-import-was-imported = This list has been imported.
desk-import-to-result = See the result
desk-import-to-dry = See the try
desk-import-ask = Import this list now?
desk-import-ask-what = An import adds and updates; it deletes nothing, and the same list again changes nothing.
desk-import-ask-publish = The services taken are published at once, and everybody sees them.
desk-import-ask-drafts = The services taken wait as drafts and are not published.
desk-import-started = The import has begun.
desk-import-about-file = The uploaded file
desk-import-received = Uploaded
desk-import-size = Size
desk-import-digest = Digest of the file (SM3)
desk-import-published = Publishing
desk-import-publish-yes = at once
desk-import-publish-no = wait as drafts
desk-import-would-change = { $count ->
    [1] 1 row would change
   *[other] { $count } rows would change
}
desk-imports-none = Nothing has been imported yet.
desk-import-regions = regions
desk-import-organisations = departments
desk-import-calendar = holidays
desk-import-items = services
desk-import-licence-types = licence types
desk-import-tabs = By verdict
desk-import-none = There are no such rows.
desk-import-changed = { $count ->
    [1] 1 row changed
   *[other] { $count } rows changed
}
desk-col-file = File
desk-col-kind = Content
desk-col-started = Started
desk-col-changed = Changed
desk-col-line = Line
desk-col-key = Code
desk-col-verdict = Verdict
desk-run-waiting = waiting
desk-run-running = running
desk-run-finished = finished
desk-run-stopped = stopped
desk-rows-all = All
desk-rows-accepted = Taken
desk-rows-warned = To look at
desk-rows-refused = Refused
desk-row-changed = changed
desk-row-would-change = would change

## Department systems and background work
desk-departments-lead = Simulated department systems. Stop one, slow one down, or let it answer about somebody else, and see whether applications still go on.
desk-department-requests = { $count ->
    [1] answered once
   *[other] answered { $count } times
}
desk-department-set = Switch
desk-mode-normal = normal
desk-mode-stopped = stopped
desk-mode-slow = slow
desk-mode-wrong-person = answers about somebody else
desk-jobs-lead = Work that failed and waits for another try. Nothing is dropped; the pauses grow up to an hour.
desk-jobs-none = Nothing waits for another try.
desk-col-job = Work
desk-col-since = Since
desk-col-next = Next try
desk-col-tries = Tries
desk-col-error = Cause
desk-job-retry = Try now

## Refusals at the desk
refused-case-supplement_once = What is missing may be told only once, and it was. Accept, or decide not to accept.
refused-case-counts_as_accepted = The time for telling what is missing has passed. By Article 32 of the Licensing Law the application counts as accepted from the day it was received: it can no longer be sent back or turned away. Please go on with it.
refused-case-counts_as_renewed = The renewal was applied for in time and nobody decided before the licence ended. By Article 50 of the Licensing Law it counts as renewed; nothing else can be done with it.
refused-case-renewal_none = The applicant holds no licence to renew: it has to be of this kind, issued by this department, in force, and valid for a limited time.
refused-case-renewal_choose = The applicant holds several such licences. Please choose the one to be renewed.
refused-case-renewal_open = An application to renew this licence is under way. Please wait until it is decided.
refused-case-renewal_gone = A new edition of this licence has been issued; the old one cannot be renewed.
refused-case-reason_missing = Please give reasons that the applicant understands and can act on.
refused-case-officers_missing = An inspection on site names its officers, at least { $count } (Administrative Licensing Law, Article 34).
refused-case-opinion_missing = Please write your opinion.
refused-case-no_step_left = All steps before the decision are done. Please decide.
refused-case-steps_open = A step before the decision is still open.
refused-case-deferred_missing = Materials that may follow are not there yet: { $materials }. Nothing can be granted before they are.
refused-case-special_open = A special procedure is still running: end it before you decide or start another.
refused-case-special_none = No special procedure is running.
refused-case-special_not_listed = Neither the law nor the matter lists this procedure, so it cannot stop the clock.
refused-case-special_days = Give the expected working days, from 1 to { $longest }.
refused-case-result_missing = Say what the procedure found.
refused-case-extension_none = Nothing allows this limit to be extended.
refused-case-extension_once = The limit was extended once already.
refused-case-extension_late = The limit has passed and cannot be extended any more.
refused-case-approval_missing = Write down the approval by the head of the organ.
refused-case-nothing_to_deliver = There is no result to hand over.
refused-case-delivery_note_missing = Please write who collected it, or the number of the parcel.
refused-case-withdraw_reason_missing = Please write why the person wants the application back.
refused-case-presence = Check the document first and tick that the person is here.
refused-case-name_differs = This number is registered under another name. Please check the document again.
refused-case-cause_missing = Please choose why you need the full number.
refused-press-missing_glyph = The fonts lack characters of this document: { $characters }. Please ask the operators to add a font.
refused-rating-answer_missing = Please write what you found and what you did.
refused-rating-answered = This rating has been answered already.

## Findings: finding- and the code, dots as dashes
finding-lint-missing = A required element is missing
finding-lint-handling = Only permits have the limits of matters handled together
finding-lint-project_type = The kind of matter does not fit the promised limit
finding-lint-promise_longer = The promised limit is longer than the legal one
finding-lint-result_kind = The kind of the result does not fit its name
finding-lint-result_sample = There is no sample of the result
finding-lint-result_licence_type = The result is a licence without a type
finding-lint-result_field = The licence needs what the form does not ask for
finding-lint-renewal = A renewal is of a permit and needs the type of the licence and its months of validity
finding-lint-renewal_term = Days for applying stand at a renewal and need their basis
finding-lint-trips_reason = Trips are needed and no reason is given
finding-lint-trips_reason_idle = No trip is needed, yet a reason for trips is given
finding-lint-post_missing = No trip is needed, yet the result is not sent by post
finding-lint-depth_trips = The online depth does not fit the number of trips
finding-lint-fee_incomplete = A fee is incomplete
finding-lint-payment_idle = Online payment without a fee
finding-lint-payment_unsaid = There is a fee, and it is not said whether it can be paid online
finding-lint-assurance = Applying online takes a checked name and number (level 2) at least: the number is the key of the case
finding-lint-phone_equal = The numbers for questions and complaints are the same
finding-lint-phone_area = A telephone number lacks its area code
finding-lint-permit_questions = A permit answers at least one question
finding-lint-permit_steps = A permit names at least five steps
finding-lint-first_review = Only permits have a first review by the organ below
finding-lint-first_review_twice = There is one first review at most
finding-lint-first_review_step = A first review is done before the decision: the code of its step is review, inspect or examine
finding-lint-first_review_limit = A term of the first review is given, yet the step is none
finding-lint-first_review_basis = The term of the first review names no basis
finding-lint-special_basis = A special procedure lacks its basis
finding-lint-permit_step_missing = A permit lacks the step of { $step ->
    [accept] acceptance (受理)
    [review] review (审核)
    [decide] decision (审批)
    [finish] conclusion (办结)
   *[deliver] delivery (送达)
}
finding-lint-step_role = Nobody can do the step “{ $step }”: steps are for a clerk or an approver, a decision for an approver
finding-lint-resource_unknown = The directory has no resource “{ $resource }”: choose another, or register the source first
finding-lint-licence_type_unknown = There is no licence type “{ $licence_type }”: choose another, or register the type first
finding-lint-duty_incomplete = A check by law lacks its law or its article
finding-lint-duty_idle = Form and materials do not draw on the source “{ $resource }” of a check by law, or it is named twice
finding-lint-situation_name = Each situation has a name of its own
finding-lint-situation_unknown = There is no situation “{ $situation }”: use a name from the list, or add it first
finding-lint-address = Write the whole address, beginning with https:// or http://

# Rare refusals: what is registered is not complete
refused-licence-type_unknown = The licence type { $type_code } is not registered, so nothing can be issued. Ask an operator to register it, then decide.
refused-licence-issuer_code = The unified social credit code of the office { $issuer } is not valid, so nothing can be issued. Ask an operator to correct it, then decide.
refused-licence-issuer_name = The issuing office has no name. Ask an operator to complete it.
refused-licence-holder_kind = This type of licence is not for this kind of holder (person or organisation). Please check the licence type of the matter.
refused-licence_type-definer_code = The unified social credit code of the definer is not valid.
refused-licence_type-definer_missing = The definer is missing.
refused-licence_type-field_name = A field of the licence has no valid name.
refused-licence_type-field_twice = A field of the licence is there twice.
refused-licence_type-name_missing = The licence type has no name.
refused-identity-login_taken = Somebody else uses this login.
refused-identity-name_missing = The name is missing.
refused-identity-name_too_long = The name is too long.
refused-identity-no_way_in = There must be a password or a phone, or nobody can sign in.
refused-identity-number_taken = There is an account for this number already.
refused-identity-phone_taken = There is an account for this phone already.
refused-identity-post_twice = The same post is there twice.
finding-item-assurance_unknown = The level of assurance is neither 2 nor 3; level 2 (real name) is taken

desk-nav-people = Accounts
desk-people-present = The person is here, the document is checked
desk-people-recognise = Recognise in person
desk-people-recognise-words = The person opens “at a window” on the phone and reads out 6 digits. Confirmed, that phone is at level 3 for an hour and may bind a passkey.
desk-people-code = Code
desk-people-code-hint = The 6 digits on the person's phone
desk-people-recognise-do = It is this person
desk-people-recognised = Confirmed: the person can go on
desk-people-serve = Open, check or give back an account
desk-people-serve-words = Who has none gets one; who lost the phone or cannot get in moves to the phone in hand. Then all devices are signed out, and the old phone is told.
desk-people-phone = The person's phone now
desk-people-phone-code-hint = The 6 digits that came to that phone
desk-people-serve-do = Do it
desk-people-opened = The account is open, name and number checked
desk-people-checked = The account of this phone has name and number now
desk-people-moved = The account has this phone now
