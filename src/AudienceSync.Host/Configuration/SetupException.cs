namespace AudienceSync.Host.Configuration;

/// <summary>
/// A problem with the setup that a human must fix before the process can start. The message is one line that states what to do.
/// </summary>
public sealed class SetupException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
