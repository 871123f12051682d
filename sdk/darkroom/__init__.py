"""Client for Darkroom: run scripts next to private data."""
from .client import DarkroomClient
from .errors import (APIResponseError, AgentConnectionError, CircuitBreakerOpenError,
                     ComputationFailed, ComputationTimeout, CredentialFailed, PandaceaException)
from .models import DataProduct
from .version import VERSION as __version__

__all__ = ["APIResponseError", "AgentConnectionError", "CircuitBreakerOpenError", "ComputationFailed",
           "ComputationTimeout", "CredentialFailed", "DarkroomClient", "DataProduct", "PandaceaException"]
