//! The one HTTP client builder: time limits, retry, backoff, redaction
