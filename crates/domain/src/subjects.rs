//! Which customers an operation was about: those that it looked up, also when it was refused then.

/// How many are told of. Whoever looks up more is about many, and the first of them say so.
pub const MOST: usize = 8;

/// The numbers of customers, each once, in the order in which they were looked up: at most [`MOST`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subjects([i64; MOST]);

impl Subjects {
    /// Adds one, where there is place.
    pub fn add(&mut self, id: i64) {
        if let Some(place) = self.0.iter_mut().find(|place| **place == 0 || **place == id) {
            *place = id;
        }
    }

    /// The numbers.
    pub fn ids(&self) -> impl Iterator<Item = i64> {
        self.0.into_iter().take_while(|id| *id != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_of_once_and_no_more_than_the_first_few() {
        let mut subjects = Subjects::default();
        assert_eq!(subjects.ids().count(), 0);
        for id in [10, 3, 10, 7, 3] {
            subjects.add(id);
        }
        assert_eq!(subjects.ids().collect::<Vec<_>>(), [10, 3, 7]);
        (100..200).for_each(|id| subjects.add(id));
        assert_eq!(subjects.ids().collect::<Vec<_>>(), [10, 3, 7, 100, 101, 102, 103, 104]);
    }
}
