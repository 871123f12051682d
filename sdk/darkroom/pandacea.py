"""The names of the Pandacea v1 SDK."""
from .client import DarkroomClient as PandaceaClient
from .errors import (APIResponseError, AgentConnectionError, CircuitBreakerOpenError,
                     ComputationFailed, ComputationTimeout, PandaceaException)
from .models import DataProduct

__all__ = ["APIResponseError", "AgentConnectionError", "CircuitBreakerOpenError", "ComputationFailed",
           "ComputationTimeout", "DataProduct", "PandaceaClient", "PandaceaException"]
