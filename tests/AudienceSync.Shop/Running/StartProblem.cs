namespace AudienceSync.Shop.Running;

/// <summary>Something that the person at the keyboard can put right; its message is one clear line. Exit code 2.</summary>
internal sealed class StartProblem(string message) : Exception(message);

/// <summary>The run itself went wrong after the start. Exit code 1.</summary>
internal sealed class RunProblem(string message) : Exception(message);
