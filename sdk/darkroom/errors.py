"""What can go wrong, as types.

PandaceaException
+-- AgentConnectionError   no answer: unreachable, cut off, too slow
+-- APIResponseError       the node answered with a refusal
+-- ComputationFailed      the job ended, and not well
+-- CredentialFailed       a credential job ended, and not well, or is not over
+-- ComputationTimeout     the job did not end in the time given
CircuitBreakerOpenError    too many failures in a row: not even tried
"""


class PandaceaException(Exception):
    """Base of all of them but one; .message is the text."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


class AgentConnectionError(PandaceaException):
    """No complete answer arrived; .original_error says why."""

    def __init__(self, message, original_error=None):
        super().__init__(message)
        self.original_error = original_error


class APIResponseError(PandaceaException):
    """The node refused: .status_code, .response_text, and from the error
    body .code and .request_id (None when there was no such body)."""

    def __init__(self, message, status_code, response_text="", code=None, request_id=None):
        super().__init__(message)
        self.status_code = status_code
        self.response_text = response_text
        self.code = code
        self.request_id = request_id


class ComputationFailed(PandaceaException):
    """The job failed; .reason_code is stable, .hint says what may help."""

    def __init__(self, message, computation_id=None, reason_code=None, hint=None):
        super().__init__(message)
        self.computation_id = computation_id
        self.reason_code = reason_code
        self.hint = hint


class CredentialFailed(PandaceaException):
    """A job of the credential service failed, was cancelled, or is not over
    in time; .code is the stable word (None: it goes on), .job_id the job."""

    def __init__(self, message, job_id=None, code=None):
        super().__init__(message)
        self.job_id = job_id
        self.code = code


class ComputationTimeout(PandaceaException):
    """The job was not final in time.  It goes on at the node."""

    def __init__(self, message, computation_id=None):
        super().__init__(message)
        self.computation_id = computation_id


class CircuitBreakerOpenError(Exception):
    """The breaker is open; .retry_in seconds until it lets a call through."""

    def __init__(self, message, retry_in=0.0):
        super().__init__(message)
        self.message = message
        self.retry_in = retry_in
