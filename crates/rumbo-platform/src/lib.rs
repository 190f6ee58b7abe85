//! Workspaces, access, vault, jobs and the scheduler
