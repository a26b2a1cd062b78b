#include "evaluation.h"

#include <algorithm>
#include <limits>

#include "pool/death.h"

namespace papy::graphs {
namespace {

const Item kGap{ItemKind::gap, 0, nullptr};

Item failed(Failure failure) {
  return {ItemKind::failure, 0, std::make_shared<const Failure>(std::move(failure))};
}

const char* kind_of(Status status) {
  switch (status) {
    case Status::error:
      return "error";
    case Status::retry:
      return "retry";
    default:
      return "fail";
  }
}

/// An inbox as the rules of a piper leave it.
struct Inbox {
  std::vector<std::uint64_t> values;
  std::vector<Failure> failures;
  std::uint32_t places = 0;
  std::uint32_t width = 1;
};

/// Evaluates one piper of a graph over its whole inputs.
class PiperRun {
 public:
  PiperRun(const Graph& graph, PiperId id, Evaluation* all)
      : graph_(graph),
        piper_(graph.plan.pipers[id]),
        chain_(graph.chains[id]),
        all_(*all),
        states_(piper_.spawn, 0) {}

  void run();

 private:
  enum class Next { go_on, last, ended_before };

  void saw(const char* what, bool is_so = true) { all_.covered[what] += is_so ? 1 : 0; }
  std::uint64_t length();
  Inbox take(std::uint64_t from, std::uint64_t to);
  Next tasklet(std::uint64_t number, const Inbox& inbox);
  Next settle(std::uint64_t number, const Inbox& inbox);
  Said attempt(std::uint64_t number, std::uint32_t attempt, const Inbox& inbox,
               std::string* function, Doom* doom);
  void crash(Failure failure, const Doom& doom, std::uint32_t attempts, const Inbox& inbox);
  void fail(Failure failure, const Inbox& inbox);
  void travel(std::uint64_t number, const Inbox& inbox);
  void put(const Item& item);
  void put_values(const std::vector<std::uint64_t>& values);
  void flush();

  const Graph& graph_;
  const PlanPiper& piper_;
  const std::vector<Link>& chain_;
  Evaluation& all_;
  std::vector<std::uint64_t> states_;  // of each replica
  PiperCount count_;
  Stream out_;
};

std::uint64_t PiperRun::length() {
  std::uint64_t shortest = std::numeric_limits<std::uint64_t>::max(), longest = 0;
  for (const StreamId from : piper_.from) {
    shortest = std::min<std::uint64_t>(shortest, all_.streams[from].size());
    longest = std::max<std::uint64_t>(longest, all_.streams[from].size());
  }
  saw("inputs of unequal length", shortest != longest);
  return shortest;
}

void PiperRun::run() {
  const std::uint64_t length = this->length();
  const std::uint64_t rest = length % piper_.consume;
  std::uint64_t total = length / piper_.consume + (rest > 0 && piper_.rest != Rest::drop ? 1 : 0);
  if (piper_.rest == Rest::drop) count_.dropped = rest;
  saw("a rest that was dropped", rest > 0 && piper_.rest == Rest::drop);
  for (std::uint64_t t = 0; t < total; ++t) {
    const std::uint64_t to = std::min(length, (t + 1) * piper_.consume);
    const Next next = tasklet(t, take(t * piper_.consume, to));
    if (next == Next::ended_before) break;
    count_.places = to;
    // The replica that has had enough gets no more: the stream ends before its next tasklet.
    if (next == Next::last) total = std::min(total, t + (piper_.serial ? piper_.spawn : 1));
  }
  if (piper_.has_flush) flush();
  count_.out = out_.size();
  all_.pipers.push_back(count_);
  all_.streams.push_back(std::move(out_));
}

Inbox PiperRun::take(std::uint64_t from, std::uint64_t to) {
  Inbox inbox;
  if (piper_.join == Join::all) inbox.width = static_cast<std::uint32_t>(piper_.from.size());
  std::uint32_t left_out = 0;
  for (std::uint64_t place = from; place < to; ++place, ++inbox.places) {
    Stream items;
    for (const StreamId stream : piper_.from) items.push_back(all_.streams[stream][place]);
    if (piper_.join == Join::first) {
      saw("join: first that passed a gap over",
          items[0].kind == ItemKind::gap && items.back().kind != ItemKind::gap);
      std::erase_if(items, [](const Item& item) { return item.kind == ItemKind::gap; });
      items.resize(std::min<std::size_t>(items.size(), 1));
    }
    bool gap = items.empty();
    for (const Item& item : items) {
      gap |= item.kind == ItemKind::gap;
      if (item.kind == ItemKind::failure) inbox.failures.push_back(*item.failure);
    }
    left_out += gap ? 1 : 0;
    for (const Item& item : items) {
      if (!gap && item.kind == ItemKind::value) inbox.values.push_back(item.number);
    }
  }
  const bool some = left_out > 0 && left_out < inbox.places && inbox.failures.empty();
  saw("a group without its places that are gaps", some);
  saw("a rest that was kept", piper_.rest == Rest::keep && inbox.places < piper_.consume);
  saw("a group with failures and values", !inbox.failures.empty() && !inbox.values.empty());
  return inbox;
}

PiperRun::Next PiperRun::tasklet(std::uint64_t number, const Inbox& inbox) {
  if (!inbox.failures.empty()) {
    ++count_.in;
    travel(number, inbox);
    return Next::go_on;
  }
  if (inbox.values.empty()) {
    ++count_.in;
    ++count_.skipped;
    saw("a gap that travels on");
    put(kGap);
    return Next::go_on;
  }
  return settle(number, inbox);
}

/// All attempts of a tasklet that has values.
PiperRun::Next PiperRun::settle(std::uint64_t number, const Inbox& inbox) {
  Failure failure{.piper = piper_.name, .place = number};
  if (piper_.rest == Rest::fail && inbox.places < piper_.consume) {
    ++count_.in;
    failure.kind = "incomplete";
    failure.message = "the last group has " + std::to_string(inbox.places) + " of " +
                      std::to_string(piper_.consume) + " places";
    saw("a rest that failed");
    fail(std::move(failure), inbox);
    return Next::go_on;
  }
  Said said;
  std::uint32_t attempts = 0;
  for (bool again = true; again;) {
    Doom doom;
    said = attempt(number, ++attempts, inbox, &failure.function, &doom);
    if (doom.times == kForGood) {
      ++count_.in;
      crash(std::move(failure), doom, attempts, inbox);
      return Next::go_on;
    }
    again = (said.status == Status::retry ||
             (said.status == Status::error && piper_.retries.on_error)) &&
            attempts < piper_.retries.attempts;
    count_.in += again ? 1 : 0;
    count_.retried += again ? 1 : 0;
    saw("another attempt after an error", again && said.status == Status::error);
    saw("another attempt after a backoff", again && piper_.retries.backoff.count() > 0);
  }
  saw("an attempt after others that was good", attempts > 1 && said.status <= Status::end);
  if (said.status == Status::end && said.values.empty()) {
    count_.ended = true;
    saw("END before a tasklet");
    return Next::ended_before;
  }
  ++count_.in;
  switch (said.status) {
    case Status::skip:
      ++count_.skipped;
      saw("a gap that a function made");
      put(kGap);
      return Next::go_on;
    case Status::ok:
    case Status::end:
      put_values(said.values);
      count_.ended |= said.status == Status::end;
      saw("END with the last values", said.status == Status::end);
      saw("END of one of several replicas", said.status == Status::end && piper_.spawn > 1);
      return said.status == Status::end ? Next::last : Next::go_on;
    default:
      break;
  }
  failure.kind = kind_of(said.status);
  failure.code = said.code;
  failure.message = kMessage;
  failure.attempts = attempts;
  saw("a failure after several attempts", attempts > 1);
  saw("an error that is not tried again",
      said.status == Status::error && piper_.retries.attempts > 1 && !piper_.retries.on_error);
  fail(std::move(failure), inbox);
  return Next::go_on;
}

/// It ended its process as often as the pool allows.
void PiperRun::crash(Failure failure, const Doom& doom, std::uint32_t attempts,
                     const Inbox& inbox) {
  const Death death = death_of(doom.status);
  failure.kind = "crash";
  failure.code = death.code;
  failure.message = "its process " + death.text + " in " + failure.function;
  failure.attempts = attempts - 1 + graph_.plan.pools[piper_.pool].max_crashes;
  saw("a function that dies for good");
  fail(std::move(failure), inbox);
}

/// One call of each function of the chain; `function`: the last that was called. `doom`: whether it
/// ended the process for good.
Said PiperRun::attempt(std::uint64_t number, std::uint32_t attempt, const Inbox& inbox,
                       std::string* function, Doom* doom) {
  Handed handed{.values = inbox.values,
                .width = inbox.width,
                .places = static_cast<std::uint32_t>(inbox.values.size()) / inbox.width,
                .consume = piper_.consume,
                .tasklet = number,
                .attempt = attempt};
  Said said;
  for (const Link& link : chain_) {
    *function = link.function;
    *doom = doom_of(link.habit, handed);
    if (doom->times == kForGood) return {};
    saw("a function that dies a few times", doom->times > 0);
    said = say(link.habit, handed, &states_[number % piper_.spawn]);
    const bool is_last = &link == &chain_.back();
    saw("a chain", is_last && chain_.size() > 1);
    if (said.status != Status::ok) {
      saw("a chain that a first function broke off", !is_last);
      return said;
    }
    handed = {.values = said.values, .tasklet = number, .attempt = attempt};
  }
  saw("produce: any without a value", piper_.produce.any && said.values.empty());
  saw("produce: any with several values", piper_.produce.any && said.values.size() > 1);
  saw("state that was used again", piper_.serial && number >= piper_.spawn);
  return said;
}

void PiperRun::fail(Failure failure, const Inbox& inbox) {
  if (piper_.on_error == OnError::skip) {
    ++count_.skipped;
    saw("on_error: skip");
    return put(kGap);
  }
  ++count_.failed;
  saw("a failure");
  for (const std::uint64_t value : inbox.values) failure.inbox.push_back(packed(graph_, value));
  put(failed(std::move(failure)));
}

/// A failure came in: it travels on.
void PiperRun::travel(std::uint64_t number, const Inbox& inbox) {
  ++count_.passed;
  Failure failure;
  if (inbox.failures.size() == 1) {
    failure = inbox.failures[0];
    ++failure.hops;
    saw("a failure that travels on");
  } else {
    failure = {.piper = piper_.name, .kind = "joined", .place = number};
    failure.message = std::to_string(inbox.failures.size()) + " items of the inbox failed";
    failure.causes = inbox.failures;
    saw("several failures that become one");
  }
  put(failed(std::move(failure)));
}

void PiperRun::put(const Item& item) {
  const std::uint32_t places = piper_.produce.any ? item.kind != ItemKind::gap : piper_.produce.n;
  saw("a failure or gap of several places", places > 1);
  out_.insert(out_.end(), places, item);
}

void PiperRun::put_values(const std::vector<std::uint64_t>& values) {
  for (const std::uint64_t value : values) {
    out_.insert(out_.end(), piper_.produce.repeat ? piper_.produce.n : 1,
                {ItemKind::value, value, nullptr});
  }
  saw("produce: n", piper_.produce.n > 1 && !piper_.produce.repeat);
  saw("repeat", piper_.produce.repeat);
}

void PiperRun::flush() {
  for (std::uint32_t r = 0; r < piper_.spawn; ++r) {
    const auto values = say_at_the_end(chain_.back().habit, r, states_[r]);
    saw("a flush that dies a few times", doom_at_the_end(chain_.back().habit, r).times > 0);
    for (const std::uint64_t value : values) out_.push_back({ItemKind::value, value, nullptr});
    saw("values of a flush", !values.empty());
    saw("values of the flush of one of several replicas", !values.empty() && piper_.spawn > 1);
  }
}

/// A line that is no JSON, as io.read_jsonl tells of it; or what the plugin's source says.
Failure failure_of_input(const Graph& graph, InputId input, std::uint64_t place,
                         std::int32_t code) {
  Failure failure{.piper = graph.plan.inputs[input].name, .kind = "fail", .place = place};
  if (graph.files[input].empty()) {
    failure.function = "graphs.read";
    failure.code = code;
    failure.message = kMessage;
  } else {
    failure.function = "io.read_jsonl";
    failure.message = graph.plan.base + "/" + graph.files[input] + ":" + std::to_string(place + 1) +
                      ": column 1: expected a value";
  }
  return failure;
}

Stream read_input(const Graph& graph, InputId input, Coverage* covered) {
  Stream stream;
  for (std::uint64_t place = 0; place < graph.sources[input].length; ++place) {
    const Said said = read(graph.sources[input], place);
    if (said.status == Status::ok) stream.push_back({ItemKind::value, said.values[0], nullptr});
    if (said.status == Status::skip) stream.push_back(kGap);
    if (said.status == Status::fail)
      stream.push_back(failed(failure_of_input(graph, input, place, said.code)));
    (*covered)["an item of an input that failed"] += said.status == Status::fail ? 1 : 0;
    (*covered)["a gap of an input"] += said.status == Status::skip ? 1 : 0;
  }
  (*covered)["an empty input"] += stream.empty() ? 1 : 0;
  return stream;
}

}  // namespace

Evaluation evaluate(const Graph& graph) {
  Evaluation all;
  for (InputId i = 0; i < graph.plan.inputs.size(); ++i)
    all.streams.push_back(read_input(graph, i, &all.covered));
  for (PiperId p = 0; p < graph.plan.pipers.size(); ++p) PiperRun(graph, p, &all).run();
  return all;
}

}  // namespace papy::graphs
