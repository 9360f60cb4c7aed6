// The models that the engine is measured with. All use the public interface only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/distribution.h"
#include "base/random.h"
#include "sim/simulation.h"

namespace springtide::bench {

// PHOLD (Fujimoto 1990): a fixed number of events circulates between objects. Each event, when
// handled, is sent on to an object drawn uniformly after an exponential hold.
class Phold final : public sim::InlinedProcess<Phold> {
 public:
  Phold(std::uint64_t events, Distribution hold) : events_(events), hold_(hold), visits_(1024) {}

  void start(sim::Context& context) override {
    for (std::uint64_t i = 0; i < events_; ++i) pass_on(context);
  }
  void handle(sim::Context& context, const sim::Event& event) override {
    ++visits_[event.a];
    pass_on(context);
  }

 private:
  void pass_on(sim::Context& context) {
    const auto object = static_cast<std::uint32_t>(stream_.below(visits_.size()));
    context.schedule(context.now() + hold_.sample(stream_), 0, object);
  }

  std::uint64_t events_;
  Distribution hold_;
  std::vector<std::uint64_t> visits_;
  Stream stream_{1, "phold"};
};

// Returns every message to where it came from after a constant delay.
class Player final : public sim::InlinedProcess<Player> {
 public:
  Player(Duration flight, int balls) : flight_(flight), balls_(balls) {}

  void start(sim::Context& context) override {
    for (int i = 0; i < balls_; ++i) context.schedule(Instant{}, 0);
  }
  void handle(sim::Context& context, const sim::Event&) override {
    context.send(out, context.now() + flight_, 0);
  }

  sim::ChannelId out = 0;

 private:
  Duration flight_;
  int balls_;
};

// A source that sends one message after another at random intervals, or a herd at each
// millisecond; it hears the answers.
class Source final : public sim::InlinedProcess<Source> {
 public:
  Source(std::uint64_t number, Duration mean, Duration flight)
      : interval_(Exponential{mean}), flight_(flight), stream_(1, "source", number) {}

  void start(sim::Context& context) override { again(context); }
  void handle(sim::Context& context, const sim::Event& event) override {
    if (event.kind == answer) {
      ++answers;
      return;
    }
    context.send(out, context.now() + flight_, 0);
    again(context);
  }

  static constexpr std::uint32_t wake = 1, answer = 2;
  sim::ChannelId out = 0;
  std::uint64_t answers = 0;

 private:
  void again(sim::Context& context) {
    context.schedule(context.now() + interval_.sample(stream_), wake);
  }

  Distribution interval_;
  Duration flight_;
  Stream stream_;
};

// Answers every message after a constant time.
class Hub final : public sim::InlinedProcess<Hub> {
 public:
  Hub(Duration service, Duration flight) : service_(service), flight_(flight) {}

  void handle(sim::Context& context, const sim::Event& event) override {
    if (event.kind == 0)
      context.schedule(context.now() + service_, 1, event.source());
    else
      context.send(out[event.a], context.now() + flight_, Source::answer);
  }

  std::vector<sim::ChannelId> out;  // by source

 private:
  Duration service_, flight_;
};

}  // namespace springtide::bench
