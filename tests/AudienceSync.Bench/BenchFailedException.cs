namespace AudienceSync.Bench;

/// <summary>The bench could not run or could not measure (exit code 2). The message is for the person who started it.</summary>
internal sealed class BenchFailedException(string message) : Exception(message);
