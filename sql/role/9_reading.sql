-- Kept answers were made by the functions of the last apply.
TRUNCATE core.reading;
