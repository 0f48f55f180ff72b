using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>A person as held by a platform: another revision or another normalizer gives another digest.</summary>
internal readonly record struct Digest(int Revision, NormalizerVersion Normalizer);
