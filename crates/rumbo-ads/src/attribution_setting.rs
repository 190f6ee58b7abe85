//! How an ad set credits actions: so many days after a click, a view or an engaged view.

use std::collections::BTreeSet;

use rumbo_platform::table_file::fold;

/// What a person did or saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Touch {
    Click,
    View,
    Engaged,
}

/// An attribution setting, as days for each kind of touch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttributionSetting(BTreeSet<(u32, Touch)>);

impl AttributionSetting {
    /// Reads a setting in the words of Meta's API (`7d_click_1d_view`) or of Ads Manager in three
    /// languages. `None` for words that are not understood.
    pub fn of(text: &str) -> Option<Self> {
        let text = fold(text);
        let mut days = Vec::new();
        let mut touches: Vec<Touch> = Vec::new();
        let mut engaged = false;
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
            if let Ok(number) = digits.parse::<u32>() {
                days.push(number);
                continue;
            }
            let touch = if word.starts_with("cli") {
                Touch::Click
            } else if word.starts_with("engag") || word.starts_with("interac") {
                Touch::Engaged
            } else if word.starts_with("view")
                || word.starts_with("visuali")
                || word.starts_with("impres")
            {
                if std::mem::take(&mut engaged) {
                    // "engaged view" is one touch of two words.
                    continue;
                }
                Touch::View
            } else {
                continue;
            };
            engaged = touch == Touch::Engaged;
            touches.push(touch);
        }
        (!days.is_empty() && days.len() == touches.len())
            .then(|| Self(days.into_iter().zip(touches).collect()))
    }

    /// Days after a click; `None` where clicks do not count.
    pub fn click_days(&self) -> Option<u32> {
        self.days(Touch::Click)
    }

    /// Days after a view; `None` where views do not count.
    pub fn view_days(&self) -> Option<u32> {
        self.days(Touch::View)
    }

    fn days(&self, touch: Touch) -> Option<u32> {
        let of_touch = self.0.iter().filter(|(_, of)| *of == touch);
        of_touch.map(|(days, _)| *days).max()
    }
}

#[cfg(test)]
mod tests {
    use super::AttributionSetting;

    #[test]
    fn days_are_read_from_a_setting() {
        let days = |text: &str| {
            let setting = AttributionSetting::of(text)?;
            Some((setting.click_days(), setting.view_days()))
        };
        assert_eq!(days("7d_click_1d_view"), Some((Some(7), Some(1))));
        assert_eq!(days("1 día de visualización"), Some((None, Some(1))));
        assert_eq!(days("28d_click"), Some((Some(28), None)));
        assert_eq!(days("Multiple attribution settings"), None);
    }
}
