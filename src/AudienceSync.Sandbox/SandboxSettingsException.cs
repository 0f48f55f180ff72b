namespace AudienceSync.Sandbox;

/// <summary>An invalid setting; the message names the setting and never contains a secret.</summary>
public sealed class SandboxSettingsException(string message) : Exception(message);
