namespace AudienceSync.Connectors;

/// <summary>The content of a secret as it was read, such as a service account's key file. Only an explicit call reveals it.</summary>
public sealed class SecretDocument(string text)
{
    public string Reveal() => text;

    public override string ToString() => "***";
}
