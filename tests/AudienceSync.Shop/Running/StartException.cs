namespace AudienceSync.Shop.Running;

/// <summary>An error that the user can correct; its message is one clear line. Exit code 2.</summary>
internal sealed class StartException(string message) : Exception(message);

/// <summary>The run itself failed after the start. Exit code 1.</summary>
internal sealed class RunException(string message) : Exception(message);
