namespace AudienceSync.Host.Storage.Syncing;

/// <summary>A remote audience as the sync loop finds it: what feeds it, how far each lane has come, and whether it may be worked on.</summary>
public sealed record Binding(
    int BindingId,
    string Audience,
    string Remote,
    int KeyId,
    long RemovalPos,
    long AddPos,
    int RemovalAttempts,
    DateTimeOffset? RemovalNextAt,
    int AddAttempts,
    DateTimeOffset? AddNextAt,
    string? StoppedCode,
    string Destination,
    bool ConsentRequired);
