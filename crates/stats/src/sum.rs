//! Sums of rows: half hours, hours and days are sums of intervals.

use crate::{columns, row::Row};

impl Row {
    /// Adds the columns of another row: the longest of what is a longest, the sum of everything else.
    pub fn add(&mut self, other: &Self) {
        for (column, more) in &other.columns {
            let value = self.columns.entry(column.clone()).or_default();
            *value = if column == columns::queue::LONGEST_WAIT_MS.name {
                (*value).max(*more)
            } else {
                value.saturating_add(*more)
            };
        }
        self.revision = self.revision.max(other.revision);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::{Interval, RowKey, Table};
    use std::collections::BTreeMap;

    fn row(offered: i64, longest: i64, revision: u64) -> Row {
        let key = RowKey {
            interval: Interval(0),
            table: Table::Queue,
            object: "Support".into(),
            medium: "chat".into(),
            detail: String::new(),
        };
        let columns = BTreeMap::from([("offered".into(), offered), ("longest_wait_ms".into(), longest)]);
        Row { key, columns, revision }
    }

    #[test]
    fn the_longest_of_several_intervals_is_no_sum() {
        let mut sum = row(2, 500, 7);
        sum.add(&row(3, 400, 9));
        assert_eq!(sum, row(5, 500, 9));
    }
}
