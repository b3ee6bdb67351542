### How to put a field right, and what to say when something cannot be done: first what is wrong, then what to do.

## Fields
error-required = Please fill this in
error-choice = Please choose one
error-number = Please enter a number, such as 80
error-integer = Please enter a whole number, such as 3
error-minimum = Must be at least { $limit }
error-maximum = Must be at most { $limit }
error-too-short = At least { $limit } characters
error-too-long = At most { $limit } characters
error-pattern = Not in the expected form; please follow the hint
error-date = Please enter a date, such as 2026-12-01
error-email = Please enter an e-mail address, such as name@example.com
error-mobile = Please enter a mobile number of 11 digits
error-citizen-number = The identity number is not right; please check its 18 digits
error-uscc = The unified social credit code is not right; please check its 18 characters
error-file-required = Please choose a file
error-file-kind = “{ $name }” is not a JPG, PNG or PDF; please choose another file
error-file-size = “{ $name }” is larger than { $limit } MB; please make it smaller
error-file-count = At most { $limit } files
error-file-empty = “{ $name }” is empty; please choose again
error-other = Something is not right here; please check

## Whole pages: title, words, what to do next
problem-not-found-title = There is no such page
problem-not-found-words = The address may be mistyped, or the content has been taken down.
problem-not-found-next = Go to the front page and search for what you want to do.
problem-forbidden-title = This page is not open to you
problem-forbidden-words = You are signed in, but not in a capacity that may see or do this.
problem-forbidden-next = If it is your task, sign in in another capacity or ask your administrator.
problem-foreign-form-title = Please send the form again from its page
problem-foreign-form-words = The form was open too long, or was not sent from a page of this site. For your safety we did nothing.
problem-foreign-form-next = Go back, reload the page and send it again.
problem-sign-in-needed-title = Please sign in first
problem-sign-in-needed-words = You must be signed in to continue.
problem-sign-in-needed-next = You will come back here afterwards.
problem-bad-input-title = We cannot read this request
problem-bad-input-words = The address or what was sent is incomplete.
problem-bad-input-next = Please go back and try again.
problem-conflict-title = Somebody else changed this
problem-conflict-words = It was changed after you opened the page. Your change was not saved.
problem-conflict-next = Reload to see the current state, then decide again.
problem-too-many-title = Too many attempts
problem-too-many-words = There were too many attempts in a short time.
problem-too-many-next = Please try again in a while.
problem-too-large-title = Too large
problem-too-large-words = The file or form is larger than the limit and was not taken.
problem-too-large-next = Make the file smaller, or send the files one by one.
problem-too-slow-title = That took too long
problem-too-slow-words = The request timed out.
problem-too-slow-next = Please try again later; look under “My affairs” first if you were submitting an application.
problem-method-title = Please use the buttons on the page
problem-method-words = This address cannot be opened this way.
problem-method-next = Go back and continue with the button on the page.
problem-unavailable-title = Not available right now
problem-unavailable-words = A part of the system does not answer. You did nothing wrong.
problem-unavailable-next = Please try again in a few minutes. What was saved is safe.
problem-internal-title = Sorry, something went wrong on our side
problem-internal-words = It is not your fault. We have noted it and will look into it.
problem-internal-next = Please try again later. If it is urgent, call us and give the number below.
problem-refused-title = This cannot be done now
problem-refused-next = Please go back, follow the hint and try again.
problem-hotline = For help, call { $hotline }
problem-id = Reference { $id }
problem-id-hint = Give this reference on the phone and we will find the cause faster.
problem-home = Go to the front page
problem-desk-home = Go to the desk

## Refusals of the rooms (key: refused-code, dots as dashes); this sentence where a code has none of its own
refused-other = This step cannot be done now. Please check and try again, or call the hotline.

# A form that was being filled when the session ended
kept-ended = Your sign-in has expired; please sign in again
kept-ended-words = What you typed is not lost. After you sign in you see it once more, and it is sent only when you press “Send”.
kept-title = What you typed is still here
kept-words = It was not sent, because your sign-in had expired. Check it and press “Send”: that does the same as the button on the page you were on.
kept-whose = That page did not say who was filling it in. Make sure that you typed this yourself before you send it.
kept-address = Is sent to
kept-empty = (empty)
kept-send = Send
kept-drop = Do not send, back to the page
kept-drop-words = If you do not send it, it is not kept any longer.
kept-not = Your sign-in has expired. What you typed could not be kept; please fill it in again after signing in
kept-not-files = Your sign-in has expired; please sign in again. The file was not received: choose it once more after signing in
kept-not-long = Your sign-in has expired; please sign in again. What you typed is too long to be kept; the “back” button of your browser brings it back
kept-not-password = Your sign-in has expired; please sign in again. Passwords are not kept: type them once more after signing in
kept-not-yours = What was typed belongs to another account. It was not brought here and not sent
kept-lost = What you typed was kept too long ago and was not sent; please fill it in again
kept-field-any = What you filled in
kept-field-text = What you wrote
kept-field-reason = Reason
kept-field-note = Note
kept-field-outcome = Outcome
kept-field-present = Person and document seen
kept-field-confirmed = Confirmed once more
kept-field-version = Version of the page
kept-field-then = The button
