namespace AudienceSync.Connectors.Sections;

/// <summary>A setting as its platform reads it.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Value">Meaningless when there is an error.</param>
/// <param name="Error">Why it cannot be used; null when it can.</param>
internal readonly record struct Setting<T>(string Field, T Value, SettingError? Error = null)
{
    /// <summary>The setting, unless its value breaks a rule. The first error of a setting stays.</summary>
    public Setting<T> Must(Func<T, bool> holds, string code, string text) =>
        Error is not null || holds(Value) ? this : this with { Error = new SettingError(Field, code, text) };

    public Setting<TNext> Map<TNext>(Func<T, TNext> next) =>
        Error is null ? new Setting<TNext>(Field, next(Value)) : new Setting<TNext>(Field, default!, Error);

    /// <summary>Neither the value, which may be a secret, nor anything of it.</summary>
    public override string ToString() => $"{Field}: ***";
}
