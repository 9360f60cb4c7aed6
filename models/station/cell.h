// A cell: one process of the engine that hosts one or more entities (stations, clients).
//
//     cell              cell                       cell
//   +--------+  leg  +---------+   leg   +----------------------+
//   | source | ----> | station | ------> | users <--> stations  |
//   +--------+       +---------+         +----------------------+
//
// Entities that hear from each other in a circle (closed clients and their services) share a cell,
// so that no message between cells ever flows back and no window is bounded by a delay. To an
// entity it makes no difference where another one lives: it speaks through a Port, and messages
// have the same place in the order of events either way.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/station/message.h"
#include "sim/simulation.h"

namespace springtide::models::station {

class Entity {
 public:
  virtual ~Entity() = default;
  virtual void start(sim::Context&) {}
  virtual void handle(sim::Context&, const sim::Event&) = 0;
  virtual void finish(Instant) {}
};

// The way to an entity, from the cell that holds the port.
struct Port {
  bool same_cell = true;
  sim::ChannelId channel = 0;  // where it is not the same cell
  std::uint32_t entity = 0;    // within the cell that is reached

  void send(sim::Context& context, Instant at, What what, const Request& request) const {
    const std::uint32_t kind = pack(entity, what, request.route);
    const auto intended = static_cast<std::uint64_t>(request.intended.ns);
    if (same_cell)
      context.schedule(at, kind, word_of(request.waiting), intended, sim::EventClass::arrival);
    else
      context.send(channel, at, kind, word_of(request.waiting), intended);
  }
};

class Cell final : public sim::InlinedProcess<Cell> {
 public:
  // Entities are numbered from 0 in the order of the calls.
  void add(Entity* entity) { entities_.push_back(entity); }

  void start(sim::Context& context) override {
    for (Entity* entity : entities_) entity->start(context);
  }
  void handle(sim::Context& context, const sim::Event& event) override {
    entities_[entity_of(event)]->handle(context, event);
  }
  void finish(sim::Context& context) override {
    for (Entity* entity : entities_) entity->finish(context.now());
  }

 private:
  std::vector<Entity*> entities_;  // owned by the world
};

}  // namespace springtide::models::station
