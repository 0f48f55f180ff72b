namespace AudienceSync.Connectors;

/// <summary>A key file, such as a service account's: a secret of more than one line. Only an explicit call reveals it.</summary>
public sealed class SecretDocument
{
    private readonly string _text;

    /// <exception cref="DestinationSettingsException">Empty.</exception>
    public SecretDocument(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new DestinationSettingsException("invalid_secret", "A key file must not be empty.");
        }
    }

    public string Reveal() => _text;

    public override string ToString() => "***";
}
