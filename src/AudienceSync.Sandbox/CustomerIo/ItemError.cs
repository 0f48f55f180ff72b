namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>Why an item was refused, as the answers 207 and 400 of version 2 give it.</summary>
/// <param name="Field">The path in the item; empty for the whole.</param>
internal sealed record ItemError(string Reason, string Field, string Message)
{
    /// <summary>The sandbox's own reason for an item that a rule refused and that may succeed later.</summary>
    public static readonly ItemError Scripted = new("internal", "", "the item could not be processed");

    /// <summary>The refusal of a rule that repeating does not help.</summary>
    public static readonly ItemError ScriptedInvalid = Invalid("", "refused by a rule");

    public static ItemError Invalid(string field, string message) => new("invalid", field, message);

    public static ItemError Required(string field) => new("required", field, $"{field} is needed");
}
