-- exception_name(type, reveal): the type of an exception as a consumer may read
-- it.  A script can make the name of a class out of the data it reads, so where
-- output waits for its owner only the names that Python itself brings are shown.
CREATE FUNCTION core.exception_name(p_type text, p_reveal boolean)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN p_type ~ '^[A-Za-z_][A-Za-z0-9_.]{0,63}$' AND (p_reveal OR p_type IN (
      'ArithmeticError', 'AssertionError', 'AttributeError', 'BlockingIOError', 'BrokenPipeError', 'BufferError',
      'ChildProcessError', 'ConnectionAbortedError', 'ConnectionError', 'ConnectionRefusedError',
      'ConnectionResetError', 'EOFError', 'Exception', 'FileExistsError', 'FileNotFoundError', 'FloatingPointError',
      'ImportError', 'IndentationError', 'IndexError', 'InterruptedError', 'IsADirectoryError', 'KeyError',
      'KeyboardInterrupt', 'LookupError', 'MemoryError', 'ModuleNotFoundError', 'NameError', 'NotADirectoryError',
      'NotImplementedError', 'OSError', 'OverflowError', 'PermissionError', 'ProcessLookupError', 'RecursionError',
      'ReferenceError', 'RuntimeError', 'StopIteration', 'SyntaxError', 'SystemError', 'SystemExit', 'TabError',
      'TimeoutError', 'TypeError', 'UnboundLocalError', 'UnicodeDecodeError', 'UnicodeEncodeError', 'UnicodeError',
      'UnicodeTranslateError', 'ValueError', 'Warning', 'ZeroDivisionError')) THEN p_type
    ELSE 'Exception' END
$$;
