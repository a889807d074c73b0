-- The three database roles of the portal. A database administrator runs this once, as a superuser,
-- connected to the portal's own database (PostgreSQL 14 or newer). It can be run again safely.
--
--   CREATE DATABASE portal ENCODING 'UTF8' TEMPLATE template0;   -- then connect to it and run this file
--
-- portal_owner    owns the tables and never signs in
-- portal_migrate  becomes portal_owner to change the tables (MIGRATE_DATABASE_URL)
-- portal_web      reads and writes the tables it is granted (DATABASE_URL)
--
-- No passwords are set here: give portal_migrate and portal_web theirs with \password, or let
-- pg_hba.conf decide how they sign in.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_owner') THEN
        CREATE ROLE portal_owner NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_migrate') THEN
        CREATE ROLE portal_migrate LOGIN CREATEDB;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_web') THEN
        CREATE ROLE portal_web LOGIN;
    END IF;
END
$$;

ALTER ROLE portal_owner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
ALTER ROLE portal_migrate LOGIN NOSUPERUSER CREATEDB NOCREATEROLE;
ALTER ROLE portal_web LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
GRANT portal_owner TO portal_migrate;

-- A request that waits longer than this has already lost its reader.
ALTER ROLE portal_web SET statement_timeout = '15s';
ALTER ROLE portal_web SET lock_timeout = '3s';
ALTER ROLE portal_web SET idle_in_transaction_session_timeout = '30s';

DO $$
BEGIN
    IF current_database() NOT IN ('template1', 'postgres') THEN
        EXECUTE format('ALTER DATABASE %I OWNER TO portal_owner', current_database());
    END IF;
END
$$;

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS citext;

ALTER SCHEMA public OWNER TO portal_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_web;
