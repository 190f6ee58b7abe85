//! Meta: OAuth over loopback, the Graph client, Marketing and Lead Ads wire types
