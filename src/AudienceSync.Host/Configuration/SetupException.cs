namespace AudienceSync.Host.Configuration;

/// <summary>Something about the set-up that a human must change before the process can start. The message is one line that says what to do.</summary>
public sealed class SetupException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
