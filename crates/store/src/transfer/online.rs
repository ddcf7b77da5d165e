//! A move while servers go on, and the way back.

use std::path::Path;
use std::time::{Duration, Instant};

use super::catch_up::CatchUp;
use super::side::Side as _;
use super::{Counts, Progress, Result, TransferError};
use crate::postgres::{self, Address, DatabaseSide, Found};
use crate::sqlite::{self, FolderSide, Held};

/// Rounds before the store is held, whatever still changes.
const MAX_ROUNDS: u32 = 20;

/// So few changes in a round that the next one can be the last.
const FEW: u64 = 500;

/// How a move went.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    /// What is there now.
    pub counts: Counts,
    /// How long changes had to wait.
    pub pause: Duration,
    /// Whether a server was at work on the folder: it goes on over the database.
    pub is_served: bool,
}

/// Moves the store of a folder to a database, while a server may be at work on the folder: copies it, catches up with what
/// changes meanwhile, proves that both are the same, and only then makes changes wait for the last of it. The server
/// then goes on over the database by itself. `url` is how it gets there.
///
/// A move that was broken off goes on where it was.
///
/// # Errors
/// When either place cannot be used, or what arrived is not what was sent: then the folder is what it was, and the
/// database is opened by nobody.
pub fn move_online(folder: &Path, to: &Address, url: &str, progress: Progress<'_>) -> Result<Moved> {
    let mut source = FolderSide::open(folder)?;
    let is_served = sqlite::alone(folder).is_err();
    let (is_gone, filled) = (sqlite::moved(folder)?.is_some(), DatabaseSide::filled(to));
    if is_gone && !matches!(filled, Ok((_, Found::Part(_)))) {
        return Err(TransferError::Place(format!("the store of {} was moved already", folder.display())));
    }
    let (mut target, found) = filled?;
    let mut catch_up = CatchUp::new(&mut source, &mut target, progress)?;
    // One that is gone already was copied: only the last step is missing.
    if !is_gone {
        match &found {
            Found::Empty => catch_up.copy(None)?,
            Found::Part(note) => catch_up.copy(Some(note))?,
            Found::Left => {}
        }
        catch_up.target.analyze()?;
        rounds(&mut catch_up, true)?;
        if let Some(finding) = postgres::examine(to)?.findings.first() {
            return Err(TransferError::Damaged(format!("{}: {}", finding.what, finding.why)));
        }
        // What came while all of it was examined.
        rounds(&mut catch_up, false)?;
    }
    let held = Held::start(folder)?;
    let since = Instant::now();
    catch_up.source.hold()?;
    let round = catch_up.round()?;
    catch_up.prove(&round)?;
    let counts = catch_up.counts();
    target.flush()?;
    // In this order: whatever ends here, never can both be opened.
    held.gone(url)?;
    target.open_up()?;
    source.commit()?;
    Ok(Moved { counts, pause: since.elapsed(), is_served })
}

/// Catches up until hardly anything is left. With `prove` all of it is compared at the end.
fn rounds(catch_up: &mut CatchUp<'_>, prove: bool) -> Result<()> {
    for n in 1..=MAX_ROUNDS {
        catch_up.source.begin()?;
        let is_last = catch_up.round()?.changes < FEW || n == MAX_ROUNDS;
        if is_last && prove {
            catch_up.prove_all()?;
        }
        catch_up.source.commit()?;
        if is_last {
            break;
        }
    }
    Ok(())
}

/// Brings what changed since [`move_online`] back into the folder. No server may be at work on the database. Afterwards
/// servers open the folder again, and none the database.
///
/// # Errors
/// When either place cannot be used, or what arrived is not what was sent: then servers still open the database, and
/// not the folder.
pub fn move_back(from: &Address, folder: &Path, progress: Progress<'_>) -> Result<Counts> {
    let _lock = sqlite::alone(folder)?;
    postgres::alone(from)?;
    if sqlite::moved(folder)?.is_none() {
        return Err(TransferError::Place(format!("the store of {} was not moved away", folder.display())));
    }
    let (mut source, mut target) = (DatabaseSide::of(from)?, FolderSide::open(folder)?);
    source.begin()?;
    let mut catch_up = CatchUp::new(&mut source, &mut target, progress)?;
    let round = catch_up.round()?;
    catch_up.prove(&round)?;
    catch_up.prove_all()?;
    let counts = catch_up.counts();
    source.commit()?;
    source.leave(&folder.display().to_string())?;
    sqlite::forget(folder)?;
    Ok(counts)
}
