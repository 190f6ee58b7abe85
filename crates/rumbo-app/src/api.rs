//! The commands as shells call them: each checks what the person may do, runs the body, and
//! writes its line to the log.

use rumbo_base::{Code, Error, Result};
use rumbo_platform::access::{self, Permission};

use crate::Context;
use crate::logs::{self, CommandKind};

macro_rules! kind {
    (provides) => {
        CommandKind::Read
    };
    (invalidates) => {
        CommandKind::Write
    };
}

macro_rules! checked {
    ($($module:ident::$name:ident($request:ty) -> $answer:ty, $kind:ident [$($tag:ident),*], needs [$($need:ident),*];)*) => {
        mod types {
            pub use crate::wire::*;
        }
        use types::*;

        $(
            #[doc = concat!("The command `", stringify!($name), "`.")]
            ///
            /// # Errors
            #[doc = concat!("`NotAllowed`, and those of [`crate::", stringify!($module), "::", stringify!($name), "`].")]
            pub async fn $name(cx: &Context, req: $request) -> Result<$answer> {
                let needs: &[Permission] = &[$(Permission::$need),*];
                // Bodies grow large; whoever calls holds a pointer.
                let body = Box::pin(async {
                    allowed(cx, needs).await?;
                    crate::$module::$name(cx, req).await
                });
                logs::command(cx, stringify!($name), kind!($kind), body).await
            }
        )*
    };
}

crate::with_commands!(checked);

/// Refuses what the role of the acting person does not allow. Where there is no workspace yet
/// there is nothing to guard.
async fn allowed(cx: &Context, needs: &[Permission]) -> Result<()> {
    let Ok(scope) = cx.scope() else { return Ok(()) };
    if needs.is_empty() {
        return Ok(());
    }
    let mut tx = scope.read().await?;
    let found = match scope.actor {
        Some(user) => access::access(&mut tx, scope.workspace, user).await?,
        None => None,
    };
    for need in needs {
        if !found.as_ref().is_some_and(|access| access.allows(*need)) {
            let role = found.map_or_else(|| "none".to_owned(), |access| access.role);
            return Err(Error::new(
                Code::NotAllowed,
                format!(
                    "Your role in this workspace ({role}) does not allow this. Ask its owner for \
                     a role with {}.",
                    need.name()
                ),
            )
            .param("role", role)
            .param("permission", need.name()));
        }
    }
    Ok(())
}
