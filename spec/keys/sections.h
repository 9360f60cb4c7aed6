// Which struct has which section of the key table, and the words of the enumerations.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "spec/keys/table.h"
#include "spec/scenario.h"

namespace springtide::spec {

template <class T>
struct Codec;

template <class T>
inline constexpr bool has_section = false;
template <class T>
concept HasSection = has_section<T>;

// The section of a struct; made at its first use.
template <class T>
const Section& section();

#define SPRINGTIDE_SECTION(Type)                  \
  template <>                                     \
  inline constexpr bool has_section<Type> = true; \
  template <>                                     \
  const Section& section<Type>();

SPRINGTIDE_SECTION(Exponential)
SPRINGTIDE_SECTION(Uniform)
SPRINGTIDE_SECTION(Lognormal)
SPRINGTIDE_SECTION(Pareto)
SPRINGTIDE_SECTION(Erlang)
SPRINGTIDE_SECTION(Hyperexponential)
SPRINGTIDE_SECTION(Empirical)
SPRINGTIDE_SECTION(ClosedPlan)
SPRINGTIDE_SECTION(SlotsPlan)
SPRINGTIDE_SECTION(Cue)
SPRINGTIDE_SECTION(CuesPlan)
SPRINGTIDE_SECTION(FunnelPlan)
SPRINGTIDE_SECTION(Connect)
SPRINGTIDE_SECTION(Phones)
SPRINGTIDE_SECTION(UserProgram)
SPRINGTIDE_SECTION(Clients)
SPRINGTIDE_SECTION(Operation)
SPRINGTIDE_SECTION(RetryBudget)
SPRINGTIDE_SECTION(Retries)
SPRINGTIDE_SECTION(Breaker)
SPRINGTIDE_SECTION(Hedge)
SPRINGTIDE_SECTION(Fallback)
SPRINGTIDE_SECTION(OneWay)
SPRINGTIDE_SECTION(RateLimit)
SPRINGTIDE_SECTION(Shed)
SPRINGTIDE_SECTION(MessageQueue)
SPRINGTIDE_SECTION(Cache)
SPRINGTIDE_SECTION(Reconciliation)
SPRINGTIDE_SECTION(Trigger)
SPRINGTIDE_SECTION(Actions)
SPRINGTIDE_SECTION(Undo)
SPRINGTIDE_SECTION(Playbook)
SPRINGTIDE_SECTION(Planning)
SPRINGTIDE_SECTION(Station)
SPRINGTIDE_SECTION(RedPacketAccess)
SPRINGTIDE_SECTION(NetworkCard)
SPRINGTIDE_SECTION(Clock)
SPRINGTIDE_SECTION(GoRuntime)
SPRINGTIDE_SECTION(EventLoop)
SPRINGTIDE_SECTION(LoadDriver)
SPRINGTIDE_SECTION(Node)
SPRINGTIDE_SECTION(Link)
SPRINGTIDE_SECTION(Cluster)
SPRINGTIDE_SECTION(StaticResource)
SPRINGTIDE_SECTION(LiveControl)
SPRINGTIDE_SECTION(PacketPool)
SPRINGTIDE_SECTION(Incident)
SPRINGTIDE_SECTION(Phase)
SPRINGTIDE_SECTION(Scenario)
#undef SPRINGTIDE_SECTION

// These have a codec of their own, because further sections join them.
template <>
const Section& section<Service>();
template <>
const Section& section<Runtime>();

// One call of an operation, and a group of calls made at once: both fill a Call.
const Section& call_section();
const Section& call_group_section();

// "asks" of clients: one operation or several by share.
Key asks_key();

const OneOf& distribution_choice();
const OneOf& plan_choice();

template <class E>
const std::vector<std::string>& words_of();
template <>
const std::vector<std::string>& words_of<Discipline>();
template <>
const std::vector<std::string>& words_of<Balancing>();
template <>
const std::vector<std::string>& words_of<MessageQueue::Over>();
template <>
const std::vector<std::string>& words_of<PacketPool::Kind>();
template <>
const std::vector<std::string>& words_of<Incident::Kind>();
template <>
const std::vector<std::string>& words_of<Road>();

}  // namespace springtide::spec
