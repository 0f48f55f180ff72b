using AudienceSync.Domain.Normalising;

namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>A person as a platform holds him: another revision or another normaliser is another digest.</summary>
internal readonly record struct Digest(int Revision, NormaliserVersion Normaliser);
