namespace AudienceSync.Host.Requests;

/// <summary>Lets endpoints declare the parameters and the body that they accept.</summary>
internal static class EndpointContracts
{
    /// <summary>Declares query parameters. All others are refused.</summary>
    public static TBuilder Takes<TBuilder>(this TBuilder endpoint, params QueryParameter[] parameters)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata([.. parameters]);

    /// <summary>Declares the body. Without it none is accepted.</summary>
    public static TBuilder Takes<TBuilder>(this TBuilder endpoint, BodyContract body, params QueryParameter[] parameters)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata([body, .. parameters]);
}
