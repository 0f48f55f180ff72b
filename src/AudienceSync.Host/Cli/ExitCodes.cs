namespace AudienceSync.Host.Cli;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The command was executed and failed.</summary>
    public const int Failed = 1;

    /// <summary>The configuration or environment must be changed first; one line on standard error states what.</summary>
    public const int SetUp = 2;

    /// <summary>No error was found, but something could not be determined.</summary>
    public const int NotKnown = 3;

    /// <summary>The command was executed and found something that a human should change.</summary>
    public const int Findings = 4;

    /// <summary>Stopped by a signal; the same command continues. The shell's own code for an interrupt.</summary>
    public const int Interrupted = 130;
}
