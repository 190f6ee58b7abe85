//! The two functions that come from `special`, against mpmath 1.3 with 60 digits.

use special::Gamma;

#[test]
fn ln_gamma_and_digamma_are_those_of_mpmath() {
    for (x, log, slope) in [
        (0.001, 6.907_178_885_383_853, -1_000.575_571_931_81),
        (0.25, 1.288_022_524_698_077_5, -4.227_453_533_376_265_4),
        (3.74459, 1.480_422_522_123_993, 1.180_884_144_209_145_6),
        (12.0, 17.502_307_845_873_886, 2.442_661_679_975_812),
        (500.5, 2_608.222_904_410_986_7, 6.214_608_265_088_741),
        (123_456.0, 1_323_892.768_843_701_4, 11.723_636_046_234_013),
    ] {
        super::assert_close(Gamma::ln_gamma(x).0, log, 1e-14);
        super::assert_close(Gamma::digamma(x), slope, 1e-13);
    }
}
