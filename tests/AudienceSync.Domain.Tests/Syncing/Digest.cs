using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>A person as a platform holds him: another revision or another normalizer is another digest.</summary>
internal readonly record struct Digest(int Revision, NormalizerVersion Normalizer);
