#include "spec/presets.h"

#include "base/check.h"
#include "spec/keys/codec.h"

namespace springtide::spec {
namespace {

// Files are those of golang/go, src/runtime, at go1.8rc3 (January 2017) and go1.19. "Measured" was
// measured with Go 1.19.8 on a 2.5 GHz Xeon virtual machine; "scaled" is such a value times 1.6,
// for the E5420 of the same clock and an older core. "Fitted" values were chosen on the 30 k phase
// of the 2017 test; "assumed" ones have no measurement behind them.
constexpr PresetConstant rows[] = {
    {"processors", "0", "0", "GOMAXPROCS defaults to the number of cores since Go 1.5"},
    {"run-queue", "256", "256", "runtime2.go: p.runq [256], the same in both"},
    {"global-check-ticks", "61", "61", "proc.go schedule: schedtick%61 == 0, the same in both"},
    {"global-batch", "128", "128", "proc.go globrunqget: at most half a local queue"},
    {"preemption-slice", "10ms", "10ms", "proc.go: forcePreemptNS"},
    {"switch-cost", "200ns", "120ns", "measured: Gosched 90 to 145 ns; scaled"},
    {"thread-wake", R"({"lognormal": {"median": "40us", "p99": "400us"}})",
     R"({"lognormal": {"median": "40us", "p99": "400us"}})",
     "assumed: futex wake-up of a parked thread, 30 to 100 us on a virtual machine"},
    {"monitor-most", "10ms", "10ms", "proc.go sysmon: doubled after 50 idle rounds, at most 10 ms"},
    {"monitor-poll-after", "10ms", "10ms", "proc.go sysmon: lastpoll + 10 ms"},
    {"poll-batch", "128", "128", "netpoll_epoll.go: [128]epollevent"},
    {"timer-pop-cost", "600ns", "250ns",
     "1.8: 0.5 to 0.7 us computed from pop, unlock, ready, lock (time.go); 1.19: assumed"},
    {"timer-slack", "50us", "50us", "Linux default for a time-out (prctl PR_SET_TIMERSLACK)"},
    {"timer-garbage", "64B", "0B",
     "1.8 time.Sleep allocates a timer, 56 bytes in the 64-byte class; kept since 1.9"},
    {"collect-percent", "100", "100", "mgc.go: GOGC"},
    {"least-heap", "4MiB", "4MiB", "mgc.go: heapminimum = 4 << 20"},
    {"background-share", "25%", "25%", "mgc.go: gcGoalUtilization, gcBackgroundUtilization"},
    {"forced-period", "120s", "120s", "proc.go: forcegcperiod, since the last cycle ended"},
    {"trigger-ratio", "87.5%", "70%",
     "1.8 mgc.go: triggerRatio = 7/8; 1.19 mgcpacer.go: the trigger is at least 0.7 of the way"},
    {"trigger-ratio-most", "95%", "95%", "1.8 mgc.go and 1.19 mgcpacer.go: 0.95 of the way"},
    {"mark-rate", "100MB", "1GB",
     "1.8: fitted on the 30 k phase (docs/validation.md); 1.19: assumed"},
    {"stack-scan", "5us", "1us", "1.8: fitted, 2 to 4 us cold on an old Xeon; 1.19: assumed"},
    {"least-assist", "64KiB", "64KiB", "mgc.go, mgcpacer.go: gcOverAssistWork = 64 << 10"},
    {"stop-latency", R"({"lognormal": {"median": "30us", "p99": "300us"}})",
     R"({"lognormal": {"median": "10us", "p99": "100us"}})",
     "assumed: until a P has stopped, its thread may be descheduled (golang/go issue 17831)"},
    {"reset-loop", "25ns", "10ns", "mgc.go gcResetMarkState (golang/go issue 14420); cost assumed"},
    {"root-check-loop", "25ns", "0s", "1.8 mgcmark.go gcMarkRootCheck; cost assumed; gone in 1.19"},
    {"barrier-loop", "100ns", "0s",
     "1.8 mstkbar.go gcTryRemoveAllStackBarriers; cost assumed; gone since 1.9"},
    {"assist-wake", "100ns", "60ns", "mgcmark.go gcWakeAllAssists; cost assumed"},
    {"stack", "2KiB", "2KiB", "stack.go: _StackMin = 2048"},
    {"granularity", "50us", "50us", "of the simulation: well below every delay that is reported"},
};

// A constant as the JSON value that a scenario would hold: text with a unit is a string.
Json as_json(const Key& key, std::string_view text) {
  const bool bare = text.starts_with('{') || key.shape.form == Form::count ||
                    key.shape.form == Form::flag || key.shape.form == Form::number;
  const std::string written = bare ? std::string(text) : "\"" + std::string(text) + "\"";
  Document document{.root = {}, .sources = {"preset"}};
  Diagnostics problems;
  Json value;
  SPRINGTIDE_CHECK(parse_json(written, 0, document, value, problems), written);
  return value;
}

GoRuntime constants(std::string_view PresetConstant::*column) {
  GoRuntime go;
  const Document document{.root = {}, .sources = {"preset"}};
  Diagnostics problems;
  Reading reading(document, problems);
  for (const PresetConstant& row : rows) {
    const Key* key = section<GoRuntime>().find(row.key);
    SPRINGTIDE_CHECK(key != nullptr, row.key);
    key->read(reading, as_json(*key, row.*column), &go);
  }
  SPRINGTIDE_CHECK(problems.empty(), springtide::to_string(problems));
  return go;
}

}  // namespace

const std::vector<PresetConstant>& preset_constants() {
  static const std::vector<PresetConstant> all(std::begin(rows), std::end(rows));
  return all;
}

const std::vector<std::string>& preset_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> words;
    for (const auto& variant : section<Runtime>().variants) words.push_back(variant.word);
    return words;
  }();
  return names;
}

std::optional<Runtime> preset(std::string_view name) {
  static const GoRuntime go_1_8 = constants(&PresetConstant::go_1_8);
  static const GoRuntime go_1_19 = constants(&PresetConstant::go_1_19);
  Runtime runtime;
  runtime.preset = name;
  if (name == "go1.8")
    runtime.go = go_1_8;
  else if (name == "go1.19")
    runtime.go = go_1_19;
  else if (name != "threads" && name != "event-loop")
    return {};
  return runtime;
}

Runtime runtime_of(const Scenario& scenario, const Node& node) {
  const auto found = scenario.runtimes.find(node.runtime);
  if (found != scenario.runtimes.end()) return found->second;
  const auto named = preset(node.runtime.empty() ? "threads" : node.runtime);
  SPRINGTIDE_CHECK(named.has_value(), "the runtime of a node exists");
  return *named;
}

}  // namespace springtide::spec
