//! Arithmetic on whole fen.

/// An amount of money in fen, 1/100 yuan.
pub type Fen = i64;

/// `a − b`, but at least nothing.
pub fn less(a: Fen, b: Fen) -> Fen {
    (a - b).max(0)
}

/// `a × b / c` rounded half up; nothing if `c` is nothing. None is negative.
pub fn half_up(a: Fen, b: Fen, c: Fen) -> Fen {
    let (a, b, c) = (i128::from(a), i128::from(b), i128::from(c));
    if c == 0 {
        return 0;
    }
    narrow((2 * a * b + c) / (2 * c))
}

/// `a × b / c` with its fraction dropped; nothing if `c` is nothing. None is negative.
pub fn cut(a: Fen, b: Fen, c: Fen) -> Fen {
    if c == 0 {
        return 0;
    }
    narrow(i128::from(a) * i128::from(b) / i128::from(c))
}

/// Parts in proportion to weights that add up: by largest remainder, ties to the earlier.
pub fn split(amount: Fen, weights: &[Fen]) -> Vec<Fen> {
    let sum: Fen = weights.iter().sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let mut parts: Vec<Fen> = weights.iter().map(|one| cut(amount, *one, sum)).collect();
    let rest =
        |at: &usize| -> i128 { i128::from(amount) * i128::from(weights[*at]) % i128::from(sum) };
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(rest(at)));
    let left = amount - parts.iter().sum::<Fen>();
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[at] += 1;
    }
    parts
}

/// As the ledger writes it: yuan with two decimals, with a sign where negative.
pub fn yuan(fen: Fen) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let size = fen.unsigned_abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

fn narrow(wide: i128) -> Fen {
    Fen::try_from(wide).unwrap_or(Fen::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_examples_of_the_rules() {
        // S22, S25, S30, S36, S83.
        assert_eq!(half_up(123_456_789, 3000, 10_000), 37_037_037);
        assert_eq!(half_up(500_000_002, 3000, 10_000), 150_000_001);
        assert_eq!(half_up(400_000_001, 2, 6), 133_333_334);
        assert_eq!(
            split(90_000_000, &[60_000_000, 240_000_001]),
            [18_000_000, 72_000_000]
        );
        assert_eq!(
            split(765_432_109, &[700_000_000, 300_000_000]),
            [535_802_476, 229_629_633]
        );
        assert_eq!(cut(7, 1, 2), 3);
        assert_eq!(yuan(-1), "-0.01");
        assert_eq!(yuan(150_000_000), "1500000.00");
    }
}
