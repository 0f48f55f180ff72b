namespace AudienceSync.Sandbox;

/// <summary>A setting that cannot be used; the message names the setting and never holds a secret.</summary>
public sealed class SandboxSettingsException(string message) : Exception(message);
