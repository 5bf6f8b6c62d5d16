# Keys that lead out of the kiosk do nothing (Windows Enterprise or IoT Enterprise, Keyboard Filter).
# Run as administrator, then restart. Administrators keep their keys.
$ErrorActionPreference = "Stop"

Enable-WindowsOptionalFeature -Online -FeatureName Client-KeyboardFilter -NoRestart | Out-Null

$namespace = "root\standardcimv2\embedded"
$predefined = @(
    "Ctrl+Alt+Del", "Shift+Ctrl+Esc", "Ctrl+Esc", "Alt+Tab", "Alt+Esc", "Alt+F4", "Alt+Space", "Ctrl+F4", "Ctrl+Tab",
    "Windows", "Win+L", "Win+U", "LShift+LAlt+NumLock", "LShift+LAlt+PrintScrn", "Application", "BrowserHome",
    "BrowserSearch", "LaunchMail", "LaunchApp1", "LaunchApp2", "Ctrl+P", "Ctrl+O", "Ctrl+N", "Ctrl+S", "Ctrl+W", "F1", "F11"
)
$known = Get-WmiObject -Namespace $namespace -Class WEKF_PredefinedKey
foreach ($name in $predefined) {
    $key = $known | Where-Object { $_.Id -eq $name }
    if ($key) {
        $key.Enabled = 1
        $key.Put() | Out-Null
    }
    else {
        $custom = Set-WmiInstance -Namespace $namespace -Class WEKF_CustomKey -Arguments @{ Id = $name; Enabled = $true }
        Write-Output "blocked as a custom key: $($custom.Id)"
    }
}

$setting = Get-WmiObject -Namespace $namespace -Class WEKF_Settings | Where-Object { $_.Name -eq "DisableKeyboardFilterForAdministrators" }
if ($setting) {
    $setting.Value = "true"
    $setting.Put() | Out-Null
}

# Edge swipes, the touch keyboard's own pop-up and "Let's finish setting up" lead out too.
$edge = "HKLM:\SOFTWARE\Policies\Microsoft\Windows\EdgeUI"
New-Item -Path $edge -Force | Out-Null
Set-ItemProperty -Path $edge -Name "AllowEdgeSwipe" -Value 0 -Type DWord

$dumps = "HKLM:\SOFTWARE\Microsoft\Windows\Windows Error Reporting"
Set-ItemProperty -Path $dumps -Name "Disabled" -Value 1 -Type DWord
Write-Output "Keyboard Filter is set. Restart the machine."
