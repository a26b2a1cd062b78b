"""Steps that say nothing of when: what the command made of a workflow, handed out one by one."""
from .driver import STOP, Broken, Refused


class Replay:
    """Runs a workflow to its end, and is then asked as a Driver is."""

    def __init__(self, workflow, tools):
        outcome = tools.run(workflow)
        if outcome.hangs:
            raise Broken("hangs")
        if outcome.exit_code == 2:
            raise Refused(outcome.stderr.strip())
        wrong = outcome.miscounts()
        if wrong:
            raise Broken("; ".join(wrong))
        self.left = {workflow.outputs[name]: list(items) for name, items in outcome.outputs.items()}

    def __exit__(self, *_):
        pass

    def ask(self, do):
        """`halt` finds that all has been done."""
        return {"finished": not any(self.left.values())} if do == "finished" else {}

    def pull(self, output):
        return self.left[output].pop(0) if self.left[output] else STOP


def reason_not_to(case):
    """Why a case of steps cannot be told from how its run ends; None: it can."""
    if case["kind"] == "plumber":
        return "looks at a pipeline while it goes on: only the driver can stop the clock"
    for step in case["steps"]:
        name, what = (step, {}) if isinstance(step, str) else next(iter(step.items()))
        if name not in ("start", "next", "drain", "stop") or {"timeout", "block"} & what.keys():
            return "tells what is there at a moment: only the driver can stop the clock"
    if any(isinstance(task["input"], dict) and "$gen" in task["input"]
           and task["input"]["$gen"] == "count" for task in case["tasks"]):
        return "an endless input ends when it is stopped: only the driver can stop the clock"
    pool = case.get("pool") or {}
    if not pool.get("ordered", True) and pool.get("stride") != 1:
        return "tells in which order calls end: only the driver can stop the clock"
    return None
