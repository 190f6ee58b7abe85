//! Contacts, touchpoints, opportunities, sales and their imports
