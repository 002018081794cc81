"""The queue: one key at a time, delays, retries, rests."""

import asyncio

import pytest

from podwright.engine.keys import Key
from podwright.engine.queue import FIRST_RETRY, LAST_RETRY, LONGEST_REST, REST, URGENT, Queue

A, B, C = (Key("ReplicaSet", "default", name) for name in "abc")


class Clock:
    """Time that a test moves."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def queue(clock):
    return Queue(clock)


async def get(queue):
    """The next key, or None when none is due."""
    task = asyncio.create_task(queue.get())
    for _ in range(3):
        await asyncio.sleep(0)
    if task.done():
        return task.result()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return None


async def take(queue, key):
    assert await get(queue) == key


async def test_keys_come_in_the_order_they_were_added(queue):
    for key in (B, A, C):
        queue.add(key)
    assert [await get(queue) for _ in range(4)] == [B, A, C, None]


async def test_ten_additions_make_one(queue):
    for _ in range(10):
        queue.add(A)
    assert len(queue) == 1
    assert [await get(queue), await get(queue)] == [A, None]


async def test_a_key_is_never_worked_on_twice_at_once(queue):
    queue.add(A)
    await take(queue, A)
    queue.add(A)
    queue.add(A)
    assert await get(queue) is None
    queue.done(A)
    assert [await get(queue), await get(queue)] == [A, None]


async def test_a_key_that_nothing_happened_to_does_not_come_back(queue):
    queue.add(A)
    await take(queue, A)
    queue.done(A)
    assert await get(queue) is None


async def test_a_waiting_worker_is_woken(queue):
    workers = [asyncio.create_task(queue.get()) for _ in range(3)]
    await asyncio.sleep(0)
    queue.add(A)
    queue.add(B)
    for _ in range(5):
        await asyncio.sleep(0)
    assert {worker.result() for worker in workers if worker.done()} == {A, B}
    for worker in workers:
        worker.cancel()
    await asyncio.wait(workers)


@pytest.mark.parametrize("steps", range(4), ids=["at-once", "a-step-later", "two", "three"])
async def test_a_worker_that_is_cancelled_just_when_it_is_woken_ends(queue, steps):
    queue.add_after(B, 60)
    worker = asyncio.create_task(queue.get())
    await asyncio.sleep(0.001)
    queue.add(A)
    for _ in range(steps):
        await asyncio.sleep(0)
    had_it = worker.done()
    worker.cancel()
    await asyncio.wait([worker])
    assert worker.cancelled() or had_it


async def test_a_delayed_key_comes_by_itself_when_its_time_has_come():
    queue = Queue()
    queue.add_after(A, 0.01)
    assert await asyncio.wait_for(queue.get(), 1) == A


# --- delays ------------------------------------------------------------------------------------


async def test_a_delayed_key_comes_at_its_time_and_not_before(queue, clock):
    queue.add_after(A, 10)
    assert queue.delayed == 1
    clock.now += 9.9
    assert await get(queue) is None
    clock.now += 0.2
    assert await get(queue) == A
    assert queue.delayed == 0


@pytest.mark.parametrize("delays", [(5, 20), (20, 5)], ids=["sooner-first", "sooner-last"])
async def test_the_earliest_of_several_moments_wins(queue, clock, delays):
    for delay in delays:
        queue.add_after(A, delay)
    clock.now += 6
    await take(queue, A)
    queue.done(A)
    clock.now += 100
    assert await get(queue) is None


async def test_a_moment_in_the_past_is_now(queue):
    queue.add_after(A, -5)
    assert await get(queue) == A


async def test_a_moment_does_not_hold_back_an_addition(queue):
    queue.add_after(A, 10)
    queue.add(A)
    assert await get(queue) == A


async def test_a_moment_that_comes_during_work_makes_one_more_look(queue, clock):
    queue.add(A)
    await take(queue, A)
    queue.add_after(A, 1)
    clock.now += 2
    assert await get(queue) is None
    queue.done(A)
    assert await get(queue) == A


async def test_a_delayed_key_does_not_wait_behind_a_busy_queue(queue, clock):
    queue.add_after(A, 1)
    queue.add(B)
    queue.add(C)
    clock.now += 2
    assert [await get(queue), await get(queue), await get(queue)] == [B, C, A]


# --- retries -----------------------------------------------------------------------------------


async def test_retries_double_from_5_ms_to_1000_s(queue):
    delays = [queue.retry(A) for _ in range(40)]
    assert delays[:4] == [0.005, 0.01, 0.02, 0.04]
    assert delays[17] == FIRST_RETRY * 2**17
    assert delays[18:] == [LAST_RETRY] * 22


async def test_a_success_starts_over(queue):
    queue.retry(A)
    queue.retry(A)
    queue.forget(A)
    assert queue.retry(A) == FIRST_RETRY


async def test_one_keys_failures_are_not_anothers(queue):
    queue.retry(A)
    assert queue.retry(B) == FIRST_RETRY


async def test_a_retry_comes_back_at_its_time(queue, clock):
    queue.retry(A)
    assert await get(queue) is None
    clock.now += FIRST_RETRY
    assert await get(queue) == A


async def test_an_event_does_not_wait_for_the_retry(queue):
    for _ in range(20):
        queue.retry(A)
    queue.add(A)
    assert await get(queue) == A


# --- rest --------------------------------------------------------------------------------------


async def test_a_quick_look_needs_no_rest(queue):
    queue.spent(A, 0.0003)
    queue.add(A)
    assert await get(queue) == A


async def test_an_owner_rests_three_times_as_long_as_it_took_to_decide(queue, clock):
    queue.spent(A, 0.02)
    queue.add(A)
    clock.now += 0.02 * REST - 0.001
    assert await get(queue) is None
    clock.now += 0.002
    assert await get(queue) == A


async def test_deciding_and_the_status_add_up(queue, clock):
    queue.spent(A, 0.02)
    queue.spent(A, 0.01)
    queue.add(A)
    clock.now += 0.03 * REST - 0.001
    assert await get(queue) is None


async def test_a_rest_is_never_longer_than_a_second(queue, clock):
    queue.spent(A, 60.0)
    queue.add(A)
    clock.now += LONGEST_REST + 0.01
    assert await get(queue) == A


async def test_an_owner_that_rests_does_not_hold_up_others(queue):
    queue.spent(A, 1.0)
    queue.add(A)
    queue.add(B)
    assert [await get(queue), await get(queue)] == [B, None]


async def test_an_owner_that_changes_all_the_time_gets_its_share_of_time(queue, clock):
    looks, look = 0, 0.025
    for _ in range(1000):  # ten seconds, a change every 10 ms
        clock.now += 0.01
        queue.add(A)
        if await get(queue) == A:
            clock.now += look
            queue.spent(A, look)
            queue.done(A)
            looks += 1
    seconds = clock.now - 1000.0
    assert looks * look / seconds == pytest.approx(1 / (1 + REST), rel=0.15)


async def test_what_is_urgent_does_not_wait_for_the_rest(queue):
    queue.spent(A, 0.02)
    queue.add(A)
    queue.add(A, urgent=True)
    assert await get(queue) == A


async def test_what_is_urgent_during_work_is_urgent_afterwards(queue):
    queue.add(A)
    await take(queue, A)
    queue.add(A, urgent=True)
    queue.add(A)
    queue.spent(A, 0.02)
    queue.done(A)
    assert await get(queue) == A


async def test_a_look_for_an_urgent_change_answers_the_others_too(queue, clock):
    queue.spent(A, 0.02)
    queue.add(A)
    queue.add(A, urgent=True)
    await take(queue, A)
    queue.done(A)
    clock.now += 60
    assert await get(queue) is None


async def test_the_rest_that_urgent_changes_leave_grows_only_so_far(queue, clock):
    queue.spent(A, 60.0)
    queue.add(A, urgent=True)
    clock.now += LONGEST_REST - URGENT - 0.01
    assert await get(queue) is None
    clock.now += 0.02
    assert await get(queue) == A


async def test_an_owner_with_nothing_but_urgent_changes_gets_a_third_of_the_time(queue, clock):
    looks, look = 0, 0.025
    for _ in range(1000):
        clock.now += 0.01
        queue.add(A, urgent=True)
        if await get(queue) == A:
            clock.now += look
            queue.spent(A, look)
            queue.done(A)
            looks += 1
    seconds = clock.now - 1000.0
    assert looks * look / seconds == pytest.approx(1 / REST, rel=0.1)


async def test_work_is_forgiven_with_time(queue, clock):
    queue.spent(A, 0.5)
    clock.now += 60
    queue.add(A)
    assert await get(queue) == A


async def test_of_an_owner_that_is_gone_nothing_is_remembered(queue, clock):
    queue.retry(A)
    queue.spent(A, 60.0)
    queue.drop(A)
    clock.now += 60
    assert await get(queue) is None
    assert queue.retry(A) == FIRST_RETRY
    queue.drop(A)
    queue.add(A)
    assert await get(queue) == A
