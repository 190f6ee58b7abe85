//! The program as a script sees it: arguments in; JSON, sentences and exit codes out.

mod by_hand;
mod imports;
mod machine_form;
mod rumbo;
mod sandbox;
mod story;
mod usage;
mod vault;
mod workspaces;
