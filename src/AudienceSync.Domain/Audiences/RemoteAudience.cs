namespace AudienceSync.Domain.Audiences;

/// <summary>Theirs: an audience at a destination, by the platform's id. At most one of ours is bound to it.</summary>
public readonly record struct RemoteAudience(string Destination, string Remote)
{
    public override string ToString() => $"{Destination}/{Remote}";
}
