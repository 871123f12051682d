-- Everybody may ask which contract this database keeps.
GRANT EXECUTE ON FUNCTION api.contract() TO darkroom_fcgi, darkroom_worker, darkroom_operator, darkroom_auditor;
