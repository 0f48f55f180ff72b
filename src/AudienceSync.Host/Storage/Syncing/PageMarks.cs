using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>Who is to be looked at again apart from the lanes.</summary>
/// <param name="Looked">These were, and need not be any more.</param>
/// <param name="Later">These are to be, as soon as no job holds them.</param>
/// <param name="Gone">Former sayings of which nothing remains.</param>
public sealed record PageMarks(IReadOnlyList<PersonId> Looked, IReadOnlyList<PersonId> Later, IReadOnlyList<RemainsChange> Gone);
