// ASP.NET's logging has an EventId of its own; ours is the one of the log.
global using EventId = AudienceSync.Domain.Events.EventId;
