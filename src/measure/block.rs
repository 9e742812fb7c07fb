//! Invocations that are alive together while their passes take turns.

use futures_util::future::join_all;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::context::{Context, ContextError};
use super::session::{Place, Session};
use crate::cell::Cell;
use crate::platform::affinity;
use crate::record::{Invocation, InvocationKind, Side, Value};

/// Passes of each process before the counted ones, beside its warm-up: what hands out the tasks is cold
/// then, and short passes find out how often they have to be repeated.
const WARMUPS: u32 = 1;

/// A baseline and a few cells; in each sweep every live process has one pass, in an order drawn anew,
/// one at a time. A member that fails leaves; the others go on.
///
/// # Errors
/// The machine refused something that no cell is to blame for.
pub(super) async fn lock_step(
    context: &Context,
    kind: InvocationKind,
    round: u32,
    members: &[(Cell, Side)],
    sweeps: u32,
    random: &mut ChaCha8Rng,
) -> Result<Vec<Invocation>, ContextError> {
    let mut alive = launch(context, kind, round, members).await?;
    let mut ended = remove_failed(&mut alive).await;
    let mut seq = 0;
    for sweep in 0..WARMUPS + sweeps {
        alive.shuffle(random);
        for session in &mut alive {
            session.pass(Place { sweep, seq, warmup: sweep < WARMUPS, concurrent: 1 }).await;
            seq += 1;
            if !session.healthy() {
                // At once: a process that hangs or spins would disturb the others' passes.
                session.end().await;
            }
        }
        ended.extend(remove_failed(&mut alive).await);
        if sweep + 1 == WARMUPS {
            hold_together(&mut alive, random);
        }
    }
    if kind == InvocationKind::Block {
        for session in &mut alive {
            session.end_with_a_look().await;
        }
    }
    ended.extend(finish(alive).await);
    ended.sort_by_key(|invocation| invocation.id);
    Ok(ended)
}

/// From now on those members that have one worker run on one CPU, drawn anew for each block. CPUs of a virtual
/// machine may differ by half in speed for minutes, and an idle kernel leaves each process where it was: one
/// would have the fast one and its base the slow one for all of their passes. Whoever used more than one CPU in
/// its warm-up pass (a function that is parallel inside) is not to be held, and then nobody is.
fn hold_together(alive: &mut [Session<'_>], random: &mut ChaCha8Rng) {
    let mut alone: Vec<&mut Session<'_>> = alive.iter_mut().filter(|session| session.one_worker()).collect();
    // Several threads or processes of a pool with one worker take turns: the kernel may place them.
    alone.retain(|session| session.in_main_thread());
    if alone.len() < 2 || alone.iter().any(|session| session.parallel_inside()) {
        return;
    }
    let Some(all) = affinity() else { return };
    let usable = |cpu: &&u32| alone.iter().all(|session| session.may_use(**cpu));
    let cpus: Vec<u32> = all.cpus().iter().filter(usable).copied().collect();
    if all.cpus().len() > 1
        && let Some(&cpu) = cpus.choose(random)
    {
        alone.iter_mut().for_each(|session| session.hold(cpu));
    }
}

/// Takes out those that have failed.
async fn remove_failed(alive: &mut Vec<Session<'_>>) -> Vec<Invocation> {
    let dead = alive.extract_if(.., |session| !session.healthy()).collect();
    finish(dead).await
}

/// Several processes of one `single` cell: passes of one alone against passes of all at once, in
/// turn. What they reach together is what the machine has to give to that many workers.
///
/// # Errors
/// The machine refused something that no cell is to blame for.
pub(super) async fn capacity(
    context: &Context,
    round: u32,
    single: &Cell,
    workers: u32,
    sweeps: u32,
    random: &mut ChaCha8Rng,
) -> Result<Vec<Invocation>, ContextError> {
    let members = vec![(single.clone(), Side::New); workers as usize];
    let mut sessions = launch(context, InvocationKind::Capacity, round, &members).await?;
    let mut seq = 0;
    for sweep in 0..=sweeps {
        let mut moves = [false, true];
        moves.shuffle(random);
        for together in moves {
            if !sessions.iter().all(Session::healthy) {
                break;
            }
            let place = |concurrent| Place { sweep, seq, warmup: sweep < WARMUPS, concurrent };
            if together {
                join_all(sessions.iter_mut().map(|session| session.pass(place(workers)))).await;
            } else {
                sessions[sweep as usize % members.len()].pass(place(1)).await;
            }
            seq += 1;
        }
    }
    Ok(finish(sessions).await)
}

async fn launch<'a>(
    context: &'a Context,
    kind: InvocationKind,
    round: u32,
    members: &[(Cell, Side)],
) -> Result<Vec<Session<'a>>, ContextError> {
    let number = context.next_block();
    let mut sessions = Vec::with_capacity(members.len());
    for (cell, side) in members {
        let mut session = Session::launch(context, (cell, *side), kind, round, Some(number))?;
        // It runs its command: two at once may want the same files.
        if session.runs_a_command() && session.healthy() {
            session.ready().await;
        }
        sessions.push(session);
    }
    join_all(sessions.iter_mut().map(async |session| {
        if session.healthy() && !session.runs_a_command() {
            session.ready().await;
        }
    }))
    .await;
    for session in &mut sessions {
        session.warm_up().await;
    }
    Ok(sessions)
}

async fn finish(mut sessions: Vec<Session<'_>>) -> Vec<Invocation> {
    for session in sessions.iter_mut().filter(|session| session.runs_a_command()) {
        session.end().await;
    }
    let mut finished = join_all(sessions.into_iter().map(Session::finish)).await;
    for ended in &mut finished {
        let values = &ended.invocation.values;
        let uncounted: u64 = values.iter().filter(|value| value.warmup).map(Value::whole_ns).sum();
        let warm_ups: u64 = ended.invocation.warm_ups.iter().map(|round| round.ns).sum();
        let warmup = warm_ups + uncounted;
        let work: u64 = values.iter().filter(|value| !value.warmup).map(Value::whole_ns).sum();
        let first = values.first().map(Value::whole_ns);
        let phases = &mut ended.invocation.phases_ns;
        phases.first = first;
        phases.warmup = first.map(|_| warmup);
        phases.work = first.map(|_| work);
    }
    finished.into_iter().map(|ended| ended.invocation).collect()
}
