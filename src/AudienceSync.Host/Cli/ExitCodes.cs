namespace AudienceSync.Host.Cli;

/// <summary>What the process says with its exit code.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>It was tried and failed.</summary>
    public const int Failed = 1;

    /// <summary>Something of the set-up must be changed first; standard error says what, in one line.</summary>
    public const int SetUp = 2;

    /// <summary>Nothing is known to be wrong, and something could not be found out.</summary>
    public const int NotKnown = 3;
}
