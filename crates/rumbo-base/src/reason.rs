//! Which of the failures of its code a failure is: what a translated sentence is chosen by.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

macro_rules! reasons {
    ($($(#[doc = $meaning:literal])+ $name:ident = $id:literal,)+) => {
        /// Which of the failures of its [`Code`](crate::Code) a failure is, or what a check found. The
        /// interface has a sentence for each in every language; the values in braces are the
        /// params that come with it.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            specta::Type,
        )]
        pub enum Reason {
            $($(#[doc = $meaning])+ #[serde(rename = $id)] $name,)+
        }

        impl Reason {
            /// Every reason, in the order of docs/errors.md.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word on the wire, such as `phone_invalid`.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id),+
                }
            }

            /// What it says, in English, with the names of its params in braces.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($meaning),+).trim_ascii()),+
                }
            }
        }
    };
}

reasons! {
    // Values that people enter.
    /// {field} is missing. Enter it.
    ValueMissing = "value_missing",
    /// "{value}" does not fit {field}. Use one of these: {choices}.
    ValueUnknown = "value_unknown",
    /// {field} is longer than {longest} characters. Shorten it.
    ValueTooLong = "value_too_long",
    /// {field} holds a character that cannot be kept. Take it out.
    ValueNotKept = "value_not_kept",
    /// {value} is not possible here. Use {least} to {most}.
    NumberOutOfRange = "number_out_of_range",
    /// "{value}" is not an amount. Write it like 1842.61.
    AmountUnreadable = "amount_unreadable",
    /// This amount is larger than Rumbo can keep.
    AmountTooLarge = "amount_too_large",
    /// Nobody with this address has written to the channel. Write to it from your own account first, and use the address that the inbox shows then.
    AddressNeverWrote = "address_never_wrote",
    /// No agent runs in this program, so nothing listens. Switch it on first.
    AgentOff = "agent_off",
    /// A price cannot be negative. Enter 0 where it is free.
    PriceNegative = "price_negative",
    /// The prices of this channel are in {currency}. Enter this one in the same currency, or take the others away first.
    PriceCurrencyDiffers = "price_currency_differs",
    /// An amount cannot be negative. Enter money given back as a refund.
    AmountNegative = "amount_negative",
    /// {amount} has more decimals than {currency} has coins for ({decimals}).
    AmountTooFine = "amount_too_fine",
    /// This sum is larger than Rumbo can keep. Choose a shorter period.
    SumTooLarge = "sum_too_large",
    /// A quantity cannot be negative.
    QuantityNegative = "quantity_negative",
    /// "{value}" is not a day. Write it like 1990-12-31.
    DayUnreadable = "day_unreadable",
    /// "{value}" is not a date and time. Write it like 2026-03-31T10:00:00-03:00.
    InstantUnreadable = "instant_unreadable",
    /// {day} lies in the future. Choose an earlier day.
    DayInFuture = "day_in_future",
    /// The period ends on {to}, before it begins on {from}. Swap the two dates.
    PeriodReversed = "period_reversed",
    /// "{value}" is not a currency. Use its three-letter code, such as USD.
    CurrencyUnknown = "currency_unknown",
    /// "{value}" is not a rate. Write a number above zero with up to {digits} digits, such as 5.874.
    RateUnreadable = "rate_unreadable",
    /// Both currencies are {currency}. Choose two.
    RateOfOneCurrency = "rate_of_one_currency",
    /// {day} stands in the file before with another rate for {currency}. The first one counts.
    RateTwice = "rate_twice",
    /// This is not a file of the ECB's reference rates. Choose eurofxref-hist.zip,
    /// eurofxref-hist.csv or eurofxref-daily.xml.
    RatesFileUnfit = "rates_file_unfit",
    /// "{value}" is not a country. Use its two-letter code, such as AR.
    CountryUnknown = "country_unknown",
    /// "{value}" is not a time zone. Use a name such as America/Sao_Paulo.
    TimezoneUnknown = "timezone_unknown",
    /// A name needs 1 to {longest} characters.
    NameLength = "name_length",
    /// "{name}" is taken already. Enter another name.
    NameTaken = "name_taken",
    /// Type the name exactly, "{name}", to delete it.
    ConfirmMismatch = "confirm_mismatch",
    /// Rumbo syncs every {minutes} minutes at most. Choose a longer interval.
    IntervalTooShort = "interval_too_short",

    // Things that are not here.
    /// Nobody answers a group from here. Write in the group itself.
    GroupUnanswered = "group_unanswered",
    /// This no longer exists: {what}. Look at the list again.
    Gone = "gone",
    /// "{id}" is not here: {what}. Look at the list again, or sync first.
    IdUnknown = "id_unknown",
    /// This part of the list does not exist any more. Start the list again.
    PageGone = "page_gone",
    /// There is no workspace yet. Make one, or open the sample workspace.
    NoWorkspace = "no_workspace",
    /// There is no workspace "{workspace}".
    WorkspaceUnknown = "workspace_unknown",
    /// Several workspaces are called "{workspace}". Name one of them by its short name: {slugs}.
    WorkspaceUnclear = "workspace_unclear",
    /// This changed meanwhile or exists already. Look again and repeat.
    ChangedMeanwhile = "changed_meanwhile",

    // Contacts, opportunities and sales.
    /// "{value}" is not a phone number. Write it with its country prefix, such as +5511987654321.
    PhoneInvalid = "phone_invalid",
    /// "{value}" is not a phone number in {region}. Write it with its country prefix, such as
    /// +5511987654321.
    PhoneInvalidIn = "phone_invalid_in",
    /// {phone} belongs to {name} already. Open that contact, or enter another number.
    PhoneTaken = "phone_taken",
    /// "{value}" is not an e-mail address.
    EmailInvalid = "email_invalid",
    /// A contact needs a name, a phone number or an e-mail address.
    ContactNameless = "contact_nameless",
    /// Nobody was born in {year}.
    BirthYearImpossible = "birth_year_impossible",
    /// A contact can have {most} tags. Take some away.
    TooManyTags = "too_many_tags",
    /// "{value}" is not a lead source. Use up to 40 letters, digits and underscores.
    LeadSourceInvalid = "lead_source_invalid",
    /// The owner has to be a member of this workspace.
    OwnerNotMember = "owner_not_member",
    /// Say which contact this belongs to.
    ContactNeeded = "contact_needed",
    /// A contact cannot be merged with itself. Choose another one.
    MergeWithItself = "merge_with_itself",
    /// This merge was undone already.
    MergeUndone = "merge_undone",
    /// {name} was merged into {kept} since. Undo that merge first.
    MergedSince = "merged_since",
    /// {phone} was {name}'s and is {holder}'s now. Give {holder} another number first.
    PhoneMoved = "phone_moved",
    /// Sale {reference} is of an opportunity of {name} now. Take it off that opportunity first.
    SaleMoved = "sale_moved",
    /// This opportunity has a sale, so it stays with its contact.
    OpportunityHasSale = "opportunity_has_sale",
    /// "{name}" is an opportunity of another contact.
    OpportunityOfAnother = "opportunity_of_another",
    /// There is a sale {reference} already. Enter another reference.
    ReferenceTaken = "reference_taken",
    /// Sale {reference} is {status}. It has to be {needed} for this.
    SaleStatusUnfit = "sale_status_unfit",
    /// Up to {amount} {currency} of this sale can be given back.
    RefundTooLarge = "refund_too_large",
    /// A refund of {day} would come before its sale of {sold}. Choose a later day.
    RefundBeforeSale = "refund_before_sale",
    /// At least one stage has to remain for this: {outcome}.
    LastStage = "last_stage",
    /// The order has to name every stage once. Look again.
    StageOrderIncomplete = "stage_order_incomplete",
    /// "{name}" has opportunities ({held}). Choose the stage that they move to.
    StageNotEmpty = "stage_not_empty",
    /// An amount spent cannot be below zero. Where a credit note gives money back, lower the amount of
    /// its day: what it was before is kept.
    SpendNegative = "spend_negative",
    /// What was spent at Meta comes from Meta's own figures. Connect the ad account, or import an
    /// export of Ads Manager.
    SpendOfMeta = "spend_of_meta",
    /// {day} has not come yet: today is {today}. Enter what was spent, not what is planned.
    SpendAhead = "spend_ahead",
    /// {day} lies before {first}. Check the year.
    SpendTooEarly = "spend_too_early",
    /// "{value}" cannot be the name of a platform. Use up to 40 letters, digits and underscores.
    PlatformInvalid = "platform_invalid",

    // Files.
    /// There is no file {path}.
    FileMissing = "file_missing",
    /// {path} cannot be read. Check that you may open it.
    FileUnreadable = "file_unreadable",
    /// The file {path} cannot be written. Choose another place, or check that you may write there.
    FileUnwritable = "file_unwritable",
    /// "{path}" is a folder. Name a file in it.
    FileIsFolder = "file_is_folder",
    /// There is no folder "{folder}". Make it first, or choose another.
    FolderMissing = "folder_missing",
    /// The file cannot be written. Check the disk, or choose another place.
    WriteFailed = "write_failed",
    /// {path} has {megabytes} MB; {most} MB is the most. Split it into smaller files.
    FileTooLarge = "file_too_large",
    /// The file is empty.
    FileEmpty = "file_empty",
    /// The file is not a table that Rumbo can read. Export it as CSV (UTF-8) or XLSX and try again.
    FileNotATable = "file_not_a_table",
    /// The file begins like JSON and is none from line {line}, column {column} on. Mend it, or bring
    /// the table as CSV.
    FileNotJson = "file_not_json",
    /// The file has more than {most} rows. Split it into smaller files.
    TooManyRows = "too_many_rows",
    /// Row {row} has more than {most} columns. Check that the file is a table and that its
    /// delimiter is right.
    TooManyColumns = "too_many_columns",
    /// A quotation mark that opens in row {row} is never closed. Close it or take it out.
    QuoteOpen = "quote_open",
    /// The workbook cannot be opened. It may be damaged or protected by a password. Save it again
    /// as XLSX or CSV without a password.
    WorkbookUnreadable = "workbook_unreadable",
    /// The workbook has no worksheet with anything in it.
    WorkbookEmpty = "workbook_empty",
    /// There is no worksheet "{sheet}". The file has: {sheets}.
    SheetMissing = "sheet_missing",
    /// "{example}" in row {row} of "{column}" can be read in two ways, and no other row tells
    /// which. Choose one.
    ColumnUnclear = "column_unclear",
    /// "{column}" is written in two ways: "{example}" in row {row} and "{other}" in row
    /// {other_row}. Choose one; rows that do not fit are then rejected.
    ColumnMixed = "column_mixed",

    // What stands in the way of an import.
    /// No column fills "{field}". Choose the column that holds it.
    ColumnNeeded = "column_needed",
    /// No column says who it is about. Choose one for {fields}.
    PersonColumnNeeded = "person_column_needed",
    /// Nothing says which currency the amounts are in. Choose a currency, or a column that holds
    /// it.
    CurrencyNeeded = "currency_needed",
    /// "{name}" is not a field here. The fields are: {fields}.
    FieldUnknown = "field_unknown",
    /// The file has no column "{column}". Choose one of its columns for {field}.
    ColumnMissing = "column_missing",
    /// The file has no header, so {field} needs the place of its column, such as #1.
    ColumnByPlace = "column_by_place",
    /// An ads file needs the row that names its columns. Export it again with headers.
    HeaderNeeded = "header_needed",
    /// No column of the file is the campaign. Export it again with the campaign's name and ID.
    CampaignColumnNeeded = "campaign_column_needed",
    /// No column of the file is the amount spent or the impressions. Choose the columns, or export
    /// it again with them.
    FiguresNeeded = "figures_needed",
    /// The file has figures of whole periods and not of days. Export it again with the breakdown
    /// by day.
    DaysNeeded = "days_needed",
    /// The file does not say which days its figures are of. Export it again with the columns
    /// Reporting starts and Reporting ends, or with the breakdown by day.
    PeriodNeeded = "period_needed",
    /// The file holds money in {one} and in {other}. Export one account at a time.
    CurrenciesMixed = "currencies_mixed",
    /// The file holds rows of more than one ad account. Export one account at a time.
    AccountsMixed = "accounts_mixed",
    /// There are several ad accounts, and the file does not say which one it is of. Choose the
    /// account.
    AccountNeeded = "account_needed",
    /// There is no ad account "{account}" here. Choose one of those that are, or give the account's
    /// number.
    AccountUnknown = "account_unknown",
    /// There is no ad account here to compare the file with. Sync one, or import a file of it,
    /// first.
    NothingToCompare = "nothing_to_compare",
    /// The money of the file is {currency}, and the ad account "{account}" has {own}. Choose
    /// another account.
    AccountOtherCurrency = "account_other_currency",
    /// Several campaigns are called "{name}" (row {row}). Export again with the column Campaign ID.
    CampaignUnclear = "campaign_unclear",
    /// "{name}" (row {row}) is of the ad account "{account}". Choose that account for the file.
    CampaignOfOtherAccount = "campaign_of_other_account",
    /// Rows {first} and {second} are of the same ad and day. Export again without further
    /// breakdowns, such as age or placement.
    RowsOfOneDay = "rows_of_one_day",
    /// Rows {first} and {second} are of the same day and of "{name}". If two campaigns share this
    /// name, export again with the column Campaign ID; otherwise without further breakdowns.
    RowsOfOneName = "rows_of_one_name",

    /// The mapping {map} is not understood. The guide shows how one is written.
    MappingUnreadable = "mapping_unreadable",
    /// This is not JSON: {why}, on line {line}, column {column}.
    TemplatesNotJson = "templates_not_json",
    /// This holds no template. Give one as it is sent to Meta, a list of them, or what Meta or YCloud answers.
    TemplatesNone = "templates_none",
    /// {pointer} holds something else than it should: {why}.
    TemplateFieldUnreadable = "template_field_unreadable",
    /// There is a template {name} in {language} already. Open it, or choose another name.
    TemplateExists = "template_exists",
    /// Name and language of a template that Meta has cannot be changed. Duplicate it instead.
    TemplateNameFixed = "template_name_fixed",
    /// Meta would refuse this template. Mend what the checks name first: {count}.
    TemplateWouldBeRefused = "template_would_be_refused",
    /// Meta has this version already. Change something first.
    TemplateUnchanged = "template_unchanged",
    /// Meta lets a template be edited only while it is approved, rejected or paused. Pull the
    /// templates, and try again when that has changed: {state}.
    TemplateNotEditable = "template_not_editable",
    /// The category of this template cannot be changed any more. Duplicate it under another name.
    TemplateCategoryFixed = "template_category_fixed",
    /// Meta lets an approved template be edited once in 24 hours and ten times in 30 days. It can
    /// be edited again at {at}.
    TemplateEditLimit = "template_edit_limit",
    /// Meta's answer was lost on the way, so it is not known whether it has the template. Pull the
    /// templates, which tells; it is not submitted again by itself.
    TemplateUnsure = "template_unsure",
    /// Meta refused the template: {said}
    TemplateRefused = "template_refused",
    /// A template {name} was deleted, and Meta keeps its name for 30 days. Choose another name.
    TemplateNameBlocked = "template_name_blocked",
    /// The WhatsApp account has as many templates as Meta lets it have. Delete some, then try
    /// again.
    TemplateAccountFull = "template_account_full",
    /// Meta does not have this template, or does not show it. Pull the templates.
    TemplateNotAtMeta = "template_not_at_meta",
    /// Meta does not let a disabled template be deleted.
    TemplateDisabledStays = "template_disabled_stays",
    /// This template is in use. Bulk sends: {bulk_sends} ({names}); messages that wait: {waiting}.
    /// Stop them first, or delete it although they will fail.
    TemplateInUse = "template_in_use",
    /// Somebody else has to look at this template before it is submitted. Ask for a review, and have
    /// it approved.
    TemplateReviewNeeded = "template_review_needed",
    /// Nobody asked for a review of this version, or it was decided. Look at the template again.
    TemplateNotInReview = "template_not_in_review",
    /// Who wrote a template or asked for its review cannot decide it. Somebody else of the workspace
    /// has to.
    TemplateReviewOwn = "template_review_own",
    /// YCloud takes numbered variables, and these have names. Number them.
    TemplateVariablesNamed = "template_variables_named",
    /// YCloud takes the sample of a header as a public address, not as a file that was uploaded. Enter its address.
    SampleAddressNeeded = "sample_address_needed",
    /// The channel {name} does not say which WhatsApp account it belongs to. Enter the account's id at the channel.
    ChannelAccountMissing = "channel_account_missing",
    /// No WhatsApp account is known. Choose one where Meta is connected, or add a channel of WhatsApp with its account, then try again.
    WhatsappAccountNeeded = "whatsapp_account_needed",
    /// This file cannot be the sample of a header. Use a JPEG or PNG picture of up to 5 MB, an MP4
    /// video of up to 16 MB, or a PDF of up to 100 MB.
    SampleUnfit = "sample_unfit",
    // Sending.
    /// "{value}" opens a brace and does not close it. Write a brace twice where it is meant itself.
    BraceUnclosed = "brace_unclosed",
    /// The template's variable {variable} has no value. Give it a field or a text.
    VariableWithoutValue = "variable_without_value",
    /// The template has no variable {variable}. Look at its text again.
    VariableUnknown = "variable_unknown",
    /// The template {name} has parts that cannot be filled from contacts. Choose one of text, picture and plain buttons.
    TemplateNotFillable = "template_not_fillable",
    /// This file is not on this computer. Fetch it, then try again.
    FileNotFetched = "file_not_fetched",
    /// This file is too large to be shown here. Save a copy, and open that.
    FileTooLargeToShow = "file_too_large_to_show",
    /// {variable} is empty for this person. Enter a value.
    VariableEmpty = "variable_empty",
    /// The template {name} is not approved: it is {state}. Choose one that is.
    TemplateNotSendable = "template_not_sendable",
    /// The template {name} belongs to another WhatsApp account than the channel {channel}. Choose one of the channel's own.
    TemplateOfOtherAccount = "template_of_other_account",
    /// The channel {name} cannot send now. Look after it under Channels.
    ChannelNotReady = "channel_not_ready",
    /// It goes to {expected} people, not to {given}. Look at the preview again and enter {expected}.
    AudienceCountDiffers = "audience_count_differs",
    /// The template is of the category {category} now: what is left costs {cost} {currency}, and {left} {currency} is left of the budget, enough for {fits} of {people} people. Go on within the budget, or withdraw the rest.
    BudgetShort = "budget_short",
    /// A person needs a name of 1 to {longest} characters.
    PersonNameLength = "person_name_length",
    /// Nobody is left to send it to. Look at the reasons in the preview.
    AudienceEmpty = "audience_empty",
    /// The key "{key}" belongs to the bulk send {name}, which says something else or goes to others. Use another key.
    SendKeyTaken = "send_key_taken",
    /// A key has 1 to {most} characters. Choose another.
    SendKeyLength = "send_key_length",
    /// This bulk send is {state}: that cannot be done to it any more.
    BulkSendState = "bulk_send_state",
    /// This message is {state}: that cannot be done to it any more.
    DispatchState = "dispatch_state",
    /// No column of this file is called address, phone or email. Name the one that holds the addresses.
    AddressColumnMissing = "address_column_missing",
    /// There is neither a file nor a saved mapping "{map}".
    MappingUnknown = "mapping_unknown",

    // Why a row is rejected.
    /// {column}: "{value}" is not an amount.
    CellNotAmount = "cell_not_amount",
    /// {column}: "{value}" is not an amount with the decimal mark {mark}
    CellOtherMark = "cell_other_mark",
    /// {column}: "{value}" is not a whole number.
    CellNotWhole = "cell_not_whole",
    /// {column}: {value} is not possible.
    CellImpossible = "cell_impossible",
    /// {column}: "{value}" is not a date.
    CellNotDate = "cell_not_date",
    /// {column}: "{value}" is not a date in the order that was chosen for day and month.
    CellOtherOrder = "cell_other_order",
    /// {column}: "{value}" is a month; a day is needed.
    CellMonthOnly = "cell_month_only",
    /// {column}: "{value}" has no time of day that can be read.
    CellNoTime = "cell_no_time",
    /// {column}: "{value}" is an id that a spreadsheet has rounded. Format the column as text and
    /// export it again.
    CellIdRounded = "cell_id_rounded",
    /// The row has no "{field}".
    RowWithout = "row_without",
    /// The row names nobody: no customer id, phone or e-mail address.
    RowWithoutPerson = "row_without_person",
    /// The row has {values} values and the header {columns}. Put quotation marks around values that
    /// hold the delimiter.
    RowTooLong = "row_too_long",
    /// "{value}" is not an id of Rumbo.
    RowIdUnknown = "row_id_unknown",
    /// Row {row} has the same id.
    RowSameId = "row_same_id",
    /// Row {row} says exactly the same. If both were spent, give them different ids or notes.
    RowRepeated = "row_repeated",
    /// With the row's {amount} the total in {currency} is more than can be kept.
    RowTotalTooLarge = "row_total_too_large",
    /// There is no opportunity {id}. Import the opportunities first.
    RowOpportunityMissing = "row_opportunity_missing",
    /// {refunded} given back of {amount} is not possible.
    RowRefundImpossible = "row_refund_impossible",
    /// {before} was given back before, and the row says {refunded}.
    RowRefundLower = "row_refund_lower",
    /// {before} was given back already, more than the row's {amount}.
    RowBelowRefund = "row_below_refund",

    // The Meta app.
    /// Enter the id of your Meta app first; the guide shows where it is.
    AppIdNeeded = "app_id_needed",
    /// An app id has digits only. It stands at the top of the app's page at
    /// developers.facebook.com.
    AppIdInvalid = "app_id_invalid",
    /// Meta knows no app with the id {app_id}. Compare it with the app's dashboard at
    /// developers.facebook.com.
    AppUnknown = "app_unknown",
    /// Meta does not accept the app secret. Copy it again from the app's dashboard, Settings,
    /// Basic.
    AppSecretWrong = "app_secret_wrong",
    /// Meta wants the app secret for this app. Enter it in the settings, from the app's dashboard,
    /// Settings, Basic.
    AppSecretNeeded = "app_secret_needed",
    /// The sample workspace signs in at the sandbox. Make a workspace of your own to use a Meta
    /// app.
    SampleHasNoApp = "sample_has_no_app",
    /// "{value}" is not a Graph version. Write it like {example}.
    GraphVersionInvalid = "graph_version_invalid",
    /// "{value}" cannot be used as an address. Write it like https://host.
    AddressInvalid = "address_invalid",
    /// {provider} did not answer the question: {answer}. Try again in a few minutes.
    ProviderFailed = "provider_failed",
    /// Another program receives this bot's messages. Let one of them do it.
    BotReadElsewhere = "bot_read_elsewhere",
    /// The channel "{name}" is switched off. Switch it on, or use another.
    ChannelOff = "channel_off",
    /// These are more than {most} ports. Keep those that are registered.
    TooManyPorts = "too_many_ports",
    /// Without ads there is nothing to sync. Leave them switched on.
    AdsNeeded = "ads_needed",
    /// Enter the https address of your forwarding page first.
    BounceNeeded = "bounce_needed",
    /// The address of the forwarding page has to begin with https://.
    BounceNotHttps = "bounce_not_https",
    /// META_REDIRECT_URI is "{value}". Use http://localhost:PORT{path}, Meta's login_success page,
    /// or the https address of your forwarding page.
    RedirectUriUnusable = "redirect_uri_unusable",
    /// Meta does not accept the address {redirect_uri} for this app. Add exactly this text at
    /// developers.facebook.com under Facebook Login, Valid OAuth Redirect URIs. A live app takes no
    /// localhost address: use the in-app window or an https page instead.
    RedirectNotRegistered = "redirect_not_registered",
    /// The browser cannot come back: the ports {ports} are all used by other programs, perhaps by
    /// another Rumbo. Close one, or add a port in the settings and at the Meta app.
    PortsTaken = "ports_taken",

    // Signing in.
    /// Nobody is signed in at Meta. Connect Meta first; what is stored stays.
    NotSignedIn = "not_signed_in",
    /// The vault does not hold the Meta sign-in any more: it was emptied or changed by another
    /// program. Connect Meta again; what is stored stays.
    SignInNotInVault = "sign_in_not_in_vault",
    /// The Meta sign-in has expired. Connect Meta again.
    SignInExpired = "sign_in_expired",
    /// Rumbo was removed from the Meta account's business integrations. Connect Meta again.
    SignInRevoked = "sign_in_revoked",
    /// The password of the Meta account was changed, which ends the sign-in. Connect Meta again.
    PasswordChanged = "password_changed",
    /// Meta wants to check the account. Sign in at facebook.com, do what it asks, then connect Meta
    /// again.
    Checkpoint = "checkpoint",
    /// The person has no role on this page any more. Ask the page's admin for access, then connect
    /// Meta again.
    PageRoleLost = "page_role_lost",
    /// The Meta sign-in is not valid any more. Connect Meta again.
    SignInInvalid = "sign_in_invalid",
    /// Meta did not take the code of this sign-in: it ran out or was used already. Start the
    /// connection again and answer within a few minutes.
    CodeExpired = "code_expired",
    /// Nobody answered in Meta's window in time, so the sign-in was closed. Start the connection
    /// again.
    AnswerTooLate = "answer_too_late",
    /// No sign-in is waiting. Begin one first.
    NoSignInWaiting = "no_sign_in_waiting",
    /// This is not an address. Copy the whole address from the browser.
    LandedNotAddress = "landed_not_address",
    /// This is not the address of the answer. It begins with {redirect_uri}.
    LandedElsewhere = "landed_elsewhere",
    /// Meta did not let the sign-in through ({meta_error}, {meta_code}). Check at
    /// developers.facebook.com that the app is live or that you have a role in it, and that
    /// Facebook Login is set up.
    LoginRefused = "login_refused",
    /// This is not an access token. Copy it whole, without spaces, from Business Settings, System
    /// users.
    TokenMalformed = "token_malformed",
    /// Meta says that this token is not valid. Make a new one, or connect again.
    TokenInvalid = "token_invalid",
    /// This token was made for the Meta app {token_app_id}, but the settings name the app {app_id}.
    /// Use the token's own app id and secret, or make the token with the other app.
    TokenOfOtherApp = "token_of_other_app",

    // The network and Meta.
    /// {host} cannot be reached. Check the network connection and try again.
    HostUnreachable = "host_unreachable",
    /// No safe connection to {host}: its certificate is not trusted here. A proxy or a virus
    /// scanner may stand in between; its certificate has to be installed in the system.
    CertificateUntrusted = "certificate_untrusted",
    /// {host} did not answer in time. Try again in a few minutes.
    HostTooSlow = "host_too_slow",
    /// The answer of {host} broke off half-way. Try again.
    AnswerBroken = "answer_broken",
    /// The answer of {host} is too large to read. Ask for fewer days or rows.
    AnswerTooLarge = "answer_too_large",
    /// The certificate of {host} is not valid at this computer's date and time. Set the clock and
    /// try again.
    CertificateTime = "certificate_time",
    /// This computer's clock is {minutes} minutes fast. Set the date and time (best automatically),
    /// then try again.
    ClockFast = "clock_fast",
    /// This computer's clock is {minutes} minutes slow. Set the date and time (best automatically),
    /// then try again.
    ClockSlow = "clock_slow",
    /// Meta does not let this account read this (error {meta_code}). Check in Meta Business
    /// Settings that the person has access, or connect again and grant the permission.
    AccessRefused = "access_refused",
    /// Meta blocks this action for now under its policies (error {meta_code}). Do not repeat it;
    /// look at Account Quality in Meta Business Suite.
    PolicyBlock = "policy_block",
    /// Meta refused this call (error {meta_code}). A newer Rumbo may know better; the log has the
    /// details.
    CallRefused = "call_refused",
    /// Meta's answer has another shape than this Rumbo knows. Look for a newer version; the log has
    /// the details.
    AnswerUnknown = "answer_unknown",
    /// Meta's answer was cut off or is not readable. Nothing was changed; try again in a few
    /// minutes.
    AnswerUnreadable = "answer_unreadable",
    /// Meta's list {path} goes round in a circle, so reading it was stopped. What was read is kept;
    /// try again later.
    PagesInCircle = "pages_in_circle",

    // The sync.
    /// No ad account is selected. Choose the accounts to sync, then sync again.
    NoAccountSelected = "no_account_selected",
    /// Meta offers no ad account that can be synced. Check the permissions of the person who signed
    /// in.
    NoAccountOffered = "no_account_offered",
    /// No sync was started. Start one first.
    NoSync = "no_sync",
    /// Another Rumbo is syncing this workspace. Wait until it has finished.
    SyncingElsewhere = "syncing_elsewhere",
    /// Meta no longer gives {fields}. Everything else was read; a newer Rumbo may know more.
    FieldsRefused = "fields_refused",
    /// Meta answered with figures that cannot be read. They were not stored; the next sync asks
    /// again.
    FiguresUnreadable = "figures_unreadable",
    /// Meta did not finish preparing these days. The next sync asks again.
    DaysUnfinished = "days_unfinished",
    /// Meta tells of the last {months} months only. Ask for days from {day} on.
    ReachTooOld = "reach_too_old",
    /// These days are too much for Meta to count at once. Ask for fewer days.
    ReachTooMuch = "reach_too_much",
    /// Meta counts people by account, campaign, ad set and ad, and not by creative. Ask by ad.
    ReachOfCreatives = "reach_of_creatives",
    /// People are no sum of rows: they are Meta's own answer. Open it where the figure stands.
    ReachIsNoSum = "reach_is_no_sum",
    /// Meta does not show this page: the person has no role on it any more, or did not grant
    /// pages_show_list. Ask the page's admin for access, or connect Meta again and grant the
    /// permission.
    PageHidden = "page_hidden",
    /// Meta does not take this page's own token: the person may have lost the role on the page. Ask
    /// the page's admin for access, then connect Meta again.
    PageTokenRefused = "page_token_refused",
    /// The action map has an empty list: {list}. Name at least one action type in each tier.
    ActionMapEmpty = "action_map_empty",
    /// "{action_type}" stands twice in the action map: {list}. Keep it in one tier only.
    ActionTypeTwice = "action_type_twice",
    /// Only ad sets, ads and creatives lie under a campaign or an ad set. Leave the parent out.
    ParentUnfit = "parent_unfit",
    /// This is not told by channel. Ask by account, campaign, ad set or ad.
    ByChannelUnfit = "by_channel_unfit",
    /// The data-driven model needs {least_sold} sales and {least_unsold} contacts without one, with
    /// touches of {least_channels} campaigns or sources; from {from} to {to} there are {sold},
    /// {unsold} and {channels}. Choose another model.
    LearnsFromTooLittle = "learns_from_too_little",
    /// Ad-days are exported as they are known now. Leave the moment out.
    MomentUnfit = "moment_unfit",
    /// This is no id of a number. Write it as METRIC/BY/FROM/TO/CURRENCY/ROW, such as roas/campaign/2026-03-01/2026-03-31/USD/total.
    NumberIdUnknown = "number_id_unknown",
    /// The report of this number has no row "{row}". Take a number's id from the window, or write the
    /// key of a row as `rumbo roi --json` gives it, or total.
    NumberRowUnknown = "number_row_unknown",
    /// The report of this number has nothing in {currency}. Use one of these: {currencies}.
    NumberCurrencyUnknown = "number_currency_unknown",
    /// There is no metric of this id. Write one of docs/metrics.md, such as revenue.
    MetricUnknown = "metric_unknown",
    /// The earlier moment must come before the later one. Choose an earlier one.
    MomentsReversed = "moments_reversed",
    /// Say which report to export: its rows and its period.
    ReportNeeded = "report_needed",

    // Where things are kept.
    /// The system keyring is locked. Unlock it (sign in to the desktop, or open the password
    /// manager) and try again.
    KeyringLocked = "keyring_locked",
    /// No system keyring answers. Start one (on Linux gnome-keyring or KWallet) and start Rumbo
    /// again, or use the passphrase vault: RUMBO_VAULT=passphrase.
    KeyringMissing = "keyring_missing",
    /// The system keyring does not take this secret. Use the passphrase vault instead: start Rumbo
    /// with RUMBO_VAULT=passphrase.
    KeyringRefuses = "keyring_refuses",
    /// The system keyring does not hold the secret as Rumbo left it: it was reset, replaced or
    /// changed by another program. Connect Meta again; your data is untouched.
    KeyringChanged = "keyring_changed",
    /// The vault's passphrase is missing. Set RUMBO_PASSPHRASE.
    PassphraseMissing = "passphrase_missing",
    /// The vault does not hold this secret any more. Enter it, or connect again.
    SecretGone = "secret_gone",
    /// The name of a secret has letters, digits, "_", "-" and "/" only.
    SecretNameInvalid = "secret_name_invalid",
    /// The vault file {path} is damaged. Restore it from a backup, or move it away and connect
    /// again; your other data is untouched.
    VaultDamaged = "vault_damaged",
    /// The vault file {path} cannot be read. Check its permissions.
    VaultUnreadable = "vault_unreadable",
    /// The vault file {path} cannot be written. What it held is still there.
    VaultUnwritable = "vault_unwritable",
    /// The data folder cannot be written to. Check its permissions.
    DataFolderReadOnly = "data_folder_read_only",
    /// This system names no folder for application data. Set RUMBO_DATA_DIR.
    NoDataFolder = "no_data_folder",
    /// The database cannot be reached. Check the connection and try again.
    DatabaseUnreachable = "database_unreachable",
    /// The PostgreSQL server has no such database. Create it there, or correct the address.
    DatabaseMissing = "database_missing",
    /// The PostgreSQL server does not let this user in. Check the user and the password of the
    /// address.
    DatabaseUserRefused = "database_user_refused",
    /// This is not a PostgreSQL address. Write it like postgres://name@server/database.
    DatabaseAddressInvalid = "database_address_invalid",
    /// A shared database is backed up on its server, with pg_dump.
    BackupOnServer = "backup_on_server",
    /// The copy of the workspace does not hold what it should, so nothing was deleted. Run the
    /// checks in the settings (rumbo doctor).
    CopyIncomplete = "copy_incomplete",
    /// The sandbox cannot be started so. The message says why.
    SandboxUnusable = "sandbox_unusable",
    /// RUMBO_LOG is not understood. Give a level such as debug, or parts such as rumbo_ads=trace.
    LogLevelsUnknown = "log_levels_unknown",

    // What an examination finds, and what to do about it.
    /// {megabytes} MB are free where the data is ({path}).
    DiskFree = "disk_free",
    /// The data folder {path} cannot be looked at.
    DataFolderUnseen = "data_folder_unseen",
    /// The database is sound, schema {schema}.
    DatabaseSound = "database_sound",
    /// The database is damaged: {problems}
    DatabaseDamaged = "database_damaged",
    /// Secrets are kept in: {vault}.
    VaultKind = "vault_kind",
    /// Signed in at Meta as {name}.
    SignedInAs = "signed_in_as",
    /// Nobody is signed in at Meta.
    NobodySignedIn = "nobody_signed_in",
    /// Permissions are missing: {scopes}.
    ScopesMissing = "scopes_missing",
    /// Days left of the sign-in: {days}.
    SignInEnding = "sign_in_ending",
    /// The sign-in has ended. What is stored stays.
    SignInEnded = "sign_in_ended",
    /// Campaign and account sums equal their ad-days.
    SumsAgree = "sums_agree",
    /// Every lead, opportunity and sale is credited to the touch it should be.
    CreditAgrees = "credit_agrees",
    /// Accounts equal their campaigns and named remainders, under every model.
    LedgerAgrees = "ledger_agrees",
    /// Sums of the reports that do not agree with one another: {count}.
    LedgerDiffers = "ledger_differs",
    /// Stored values that differ from what they are made of: {count}.
    ValuesDiffer = "values_differ",
    /// Make a workspace: rumbo workspace create NAME
    FixMakeWorkspace = "fix_make_workspace",
    /// See the log for the cause.
    FixSeeLog = "fix_see_log",
    /// Run: rumbo sync --full, and report this with the log.
    FixSyncFull = "fix_sync_full",
    /// Report this with the log: nothing that is stored is wrong because of it.
    FixReport = "fix_report",
    /// Free some space: an upgrade needs twice the size of the data.
    FixFreeSpace = "fix_free_space",
    /// Check that it exists and that you may write to it.
    FixFolder = "fix_folder",
    /// Restore the last copy from the backups folder.
    FixRestore = "fix_restore",
    /// Unlock the keyring, or set RUMBO_VAULT=passphrase and RUMBO_PASSPHRASE.
    FixVault = "fix_vault",
    /// Unlock the keyring, and try again.
    FixUnlock = "fix_unlock",
    /// Connect Meta, or: rumbo connect
    FixConnect = "fix_connect",
    /// Connect Meta again, or: rumbo connect
    FixConnectAgain = "fix_connect_again",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// What of a failure is kept beside its code and sentence, so that it can be told again later in
/// another language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// `None` where the code says enough, and for a reason of a newer Rumbo.
    #[serde(deserialize_with = "known")]
    pub reason: Option<Reason>,
    /// The values of its sentence.
    pub params: BTreeMap<String, String>,
}

fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Reason>, D::Error> {
    let id = Option::<String>::deserialize(from)?;
    Ok(id.and_then(|id| Reason::ALL.iter().copied().find(|reason| reason.id() == id)))
}
