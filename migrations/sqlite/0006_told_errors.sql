-- What tells the last error in another language: its reason and the values of its sentence.
ALTER TABLE meta_connections ADD COLUMN last_error_told TEXT;
ALTER TABLE pages ADD COLUMN last_error_told TEXT;
ALTER TABLE ad_accounts ADD COLUMN last_error_told TEXT;
