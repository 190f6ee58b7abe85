//! Messages to people, and what they are made from. So far: what Meta would refuse in a WhatsApp
//! message template, told before it is submitted ([`templates`]).

pub mod templates;
