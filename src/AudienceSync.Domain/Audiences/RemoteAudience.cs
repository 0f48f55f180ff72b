namespace AudienceSync.Domain.Audiences;

/// <summary>An audience at a destination, by the platform's id. At most one of our audiences is bound to it.</summary>
public readonly record struct RemoteAudience(string Destination, string Remote)
{
    public override string ToString() => $"{Destination}/{Remote}";
}
